// SPDX-License-Identifier: Apache-2.0
#include "ensemble.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "predict_settings.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

constexpr const char* what_to_give =
    ", give an experiment with a folder fold_models, or a folder of .hdf5 models";

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
        throw core::UsageError(concat("--ensemble: the folder ", quoted(folder.string()),
                                      " can't be read (", error.message(), "), give one that can"));
    }
    std::ranges::sort(files);
    return files;
}

/// A setting in which models may differ.
struct Aspect {
    const char* name;
    std::string text;
};

std::array<Aspect, 7> aspects_of(const TrainedModel& model, const PredictSettings& settings) {
    const auto& scale = settings.preprocess;
    return {{{"resampling", resampling_text(scale)},
             {"axis of slices", std::string(core::name_of(scale.axis_of_slices()))},
             {"frame of 4-D scans", std::to_string(scale.frame)},
             {"windows", windows_text(settings)},
             {"outlier value", std::string(core::name_of(*settings.model.outlier_value))},
             {"final activation", *settings.model.final_activation},
             {"input size", concat(model.input_height, " x ", model.input_width, " pixels")}}};
}

}  // namespace

std::vector<fs::path> ensemble_files(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        throw core::UsageError(concat(
            "--ensemble averages the models of a folder, but -m ", quoted(folder.string()),
            fs::exists(folder, ignored) ? " is no folder" : " does not exist", what_to_give));
    }
    const auto of_folds = folder / fold_models_folder;
    const bool has_folds = fs::is_directory(of_folds, ignored);
    const auto& searched = has_folds ? of_folds : folder;
    auto files = models_in(searched);
    if (files.size() >= 2) return files;
    throw core::UsageError(
        concat("--ensemble needs at least two models, but ", quoted(searched.string()), " holds ",
               files.empty() ? "none" : concat("only ", quoted(files.front().filename().string())),
               has_folds ? "" : concat(" (and no folder ", fold_models_folder, ")"), what_to_give));
}

void check_agreement(std::span<const TrainedModel> models, const config::Settings& command_line) {
    const auto of = [&](const TrainedModel& model) {
        return aspects_of(model, combine_settings(model, command_line));
    };
    const auto first = of(models.front());
    for (const TrainedModel& model : models.subspan(1)) {
        const auto other = of(model);
        const auto [mine, theirs] =
            std::ranges::mismatch(first, other, {}, &Aspect::text, &Aspect::text);
        if (mine == first.end()) continue;
        throw core::UsageError(
            concat("--ensemble: ", quoted(models.front().origin), " and ", quoted(model.origin),
                   " differ in the ", mine->name, " (", mine->text, "; ", theirs->text,
                   "), so that their likelihoods can't be averaged: give models that were trained "
                   "with the same preprocessing and patches"));
    }
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

}  // namespace msunet::app
