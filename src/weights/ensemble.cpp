// SPDX-License-Identifier: Apache-2.0
#include "msunet/weights/ensemble.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::weights {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

constexpr const char* what_to_give =
    "give an experiment with a folder fold_models, or a folder of .hdf5 models";

bool is_model(const fs::directory_entry& entry) {
    const auto extension = core::to_lower(entry.path().extension().string());
    std::error_code ignored;
    return (extension == ".hdf5" || extension == ".h5") && entry.is_regular_file(ignored);
}

std::vector<fs::path> models_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
        if (is_model(*entry)) files.push_back(entry->path());
    }
    if (error) {
        throw core::UsageError({.path = folder,
                                .kind = "the folder of --ensemble",
                                .problem = "can't be read",
                                .why = error.message(),
                                .advice = "give one whose files can be listed"});
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

std::vector<fs::path> ensemble_files(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        throw core::UsageError(
            {.option = "--ensemble",
             .path = folder,
             .problem = concat("averages the models of a folder, but -m ", quoted(folder.string()),
                               fs::exists(folder, ignored) ? " is no folder" : " does not exist"),
             .advice = what_to_give});
    }
    const auto of_folds = folder / fold_models_folder;
    const bool has_folds = fs::is_directory(of_folds, ignored);
    const auto& searched = has_folds ? of_folds : folder;
    auto files = models_in(searched);
    if (files.size() >= 2) return files;
    const auto found =
        files.empty() ? "none" : concat("only ", quoted(files.front().filename().string()));
    throw core::UsageError({.option = "--ensemble",
                            .path = searched,
                            .problem = concat("needs at least two models, but ",
                                              quoted(searched.string()), " holds ", found),
                            .why = has_folds ? "" : concat("and no folder ", fold_models_folder),
                            .advice = what_to_give});
}

std::vector<std::string> notices_of(std::span<const TrainedModel> models) {
    std::vector<std::string> lines;
    std::set<std::string> said;
    for (const TrainedModel& model : models) {
        if (model.notice.empty() || !said.insert(model.notice).second) continue;
        const auto others = std::ranges::count(models, model.notice, &TrainedModel::notice) - 1;
        lines.push_back(concat("model ", quoted(model.origin),
                               others == 0   ? std::string()
                               : others == 1 ? std::string(" and one other")
                                             : concat(" and ", others, " others"),
                               ": ", model.notice));
    }
    return lines;
}

std::string models_text(std::span<const TrainedModel> models) {
    const fs::path first = models.front().origin;
    if (models.size() == 1) return concat("model ", first.string());
    return concat("mean of ", models.size(), " models in ", first.parent_path().string());
}

}  // namespace msunet::weights
