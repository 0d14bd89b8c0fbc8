// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan_files.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/nifti_header.hpp"
#include "msunet/io/other_formats.hpp"
#include "msunet/predict/result_record.hpp"

namespace msunet::predict {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

/// The name without its extension, and the extension.
std::pair<std::string, std::string> split_name(const std::string& name) {
    const std::string lower = core::to_lower(name);
    for (const std::string_view extension : {".nii.gz", ".nii"}) {
        if (!lower.ends_with(extension)) continue;
        const std::size_t stem = name.size() - extension.size();
        return {name.substr(0, stem), std::string(extension)};
    }
    return {name, ".nii"};
}

constexpr std::string_view mask_ending = "_mask";
constexpr std::string_view likelihood_ending = "_likelihood";
constexpr std::string_view brain_ending = "_brain";

/// The files of one folder, by their names without extensions.
class Siblings {
public:
    explicit Siblings(const std::vector<fs::path>& entries) {
        for (const fs::path& entry : entries) {
            const std::string name = entry.filename().string();
            if (io::is_nifti_name(name)) stems_.insert(split_name(name).first);
        }
    }

    /// Whether a file is a result for a scan that lies beside it, or lies beside other results.
    [[nodiscard]] bool is_result(const std::string& name) const {
        const auto base = base_of(name, {mask_ending, likelihood_ending, brain_ending});
        if (!base) return false;
        const auto are_there = std::ranges::count_if(
            std::array{std::string_view(), mask_ending, likelihood_ending, brain_ending},
            [&](std::string_view ending) { return has(*base, ending); });
        return are_there > 1;
    }
    /// Whether a file is what a mask beside it was made of, or was made with it.
    [[nodiscard]] bool has_mask(const std::string& name) const {
        const auto base = base_of(name, {likelihood_ending, brain_ending});
        return has(split_name(name).first, mask_ending) || (base && has(*base, mask_ending));
    }

private:
    [[nodiscard]] bool has(std::string stem, std::string_view ending) const {
        return stems_.contains(stem.append(ending));
    }
    /// The name without one of the endings; nothing if it has none of them.
    static std::optional<std::string> base_of(const std::string& name,
                                              std::initializer_list<std::string_view> endings) {
        const std::string stem = split_name(name).first;
        for (const std::string_view ending : endings) {
            if (stem.ends_with(ending)) return stem.substr(0, stem.size() - ending.size());
        }
        return std::nullopt;
    }

    std::set<std::string, std::less<>> stems_;
};

/// What is looked for in folders.
enum class Wanted : std::uint8_t { scans, masks };

/// Walks one INPUT folder.
class FolderWalk {
public:
    FolderWalk(ScanList& list, Wanted wanted) : list_(list), wanted_(wanted) {}

    /// Adds the scans in `folder`, then those in its folders. Throws fs::filesystem_error.
    void take(const fs::path& folder, const fs::path& relative) {
        // A link to a folder above would be followed for ever.
        if (!visited_.insert(fs::canonical(folder)).second) return;
        std::vector<fs::path> entries;
        std::ranges::transform(fs::directory_iterator(folder), std::back_inserter(entries),
                               [](const fs::directory_entry& entry) { return entry.path(); });
        std::ranges::sort(entries, {}, [](const fs::path& path) { return path.native(); });
        const Siblings siblings(entries);
        std::vector<fs::path> folders;
        for (const fs::path& entry : entries) {
            const std::string name = entry.filename().string();
            const bool is_folder = fs::is_directory(entry);
            if (name == record_file && !is_folder) continue;
            if (name.front() == '.' || (!is_folder && !io::is_nifti_name(name))) {
                list_.skipped.push_back((relative / name).string() + (is_folder ? "/" : ""));
            } else if (is_folder) {
                folders.push_back(entry);
            } else if (wanted_ == Wanted::scans ? siblings.is_result(name)
                                                : siblings.has_mask(name)) {
                list_.results.push_back((relative / name).string());
            } else {
                list_.scans.push_back({.file = entry, .folder = relative});
            }
        }
        for (const fs::path& inner : folders) take(inner, relative / inner.filename());
    }

private:
    ScanList& list_;
    Wanted wanted_;
    std::set<fs::path> visited_;
};

/// How messages speak of what is wanted.
struct Words {
    const char* anything;      ///< what to give
    const char* folder;        ///< what to give in place of a folder without scans
    const char* no_such_file;  ///< said of a file with another ending
    const char* only_results;  ///< said of a folder that holds nothing but results
};

constexpr Words words_for(Wanted wanted) {
    if (wanted == Wanted::masks) {
        constexpr const char* folder = "give the folder that holds the manual masks";
        return {folder, folder, "is no mask", "holds likelihoods and brains but no mask"};
    }
    return {"give scans or folders of scans", "give the folder that holds the scans", "is no scan",
            "holds only results of an earlier prediction and no scan"};
}

/// Adds a file; returns what is wrong with it, if anything.
std::optional<core::Problem> take_file(const fs::path& file, Wanted wanted, ScanList& list) {
    const std::string name = file.filename().string();
    if (auto advice = io::conversion_advice(name)) {
        return core::Problem{.problem = *std::move(advice)};
    }
    if (!io::is_nifti_name(name)) {
        return core::Problem{.path = file,
                             .problem = words_for(wanted).no_such_file,
                             .why = "its name does not end in .nii or .nii.gz",
                             .advice = "give NIfTI files or folders of them"};
    }
    list.scans.push_back({.file = file, .folder = {}});
    return std::nullopt;
}

/// Adds the files in a folder; returns what is wrong with it, if anything.
std::optional<core::Problem> take_folder(const fs::path& folder, Wanted wanted, ScanList& list) {
    const std::size_t before = list.scans.size();
    const std::size_t skipped = list.skipped.size();
    const std::size_t results = list.results.size();
    try {
        FolderWalk(list, wanted).take(folder, {});
    } catch (const fs::filesystem_error& failure) {
        return core::Problem{.path = failure.path1(),
                             .problem = "can't be read",
                             .why = failure.code().message(),
                             .advice = "check its permissions"};
    }
    if (list.scans.size() > before) return std::nullopt;
    constexpr const char* none = "holds no .nii or .nii.gz file";
    if (const auto advice = io::conversion_advice(std::span(list.skipped).subspan(skipped))) {
        return core::Problem{.path = folder, .problem = none, .why = *advice};
    }
    const Words words = words_for(wanted);
    return core::Problem{.path = folder,
                         .problem = list.results.size() > results ? words.only_results : none,
                         .advice = words.folder};
}

/// Adds what one argument names; returns what is wrong with it, if anything.
std::optional<core::Problem> take_input(const fs::path& input, Wanted wanted, ScanList& list) {
    const char* what_to_give = words_for(wanted).anything;
    if (input.empty()) {
        return core::Problem{
            .problem = wanted == Wanted::scans ? "an INPUT is empty" : "--reference is empty",
            .advice = what_to_give};
    }
    std::error_code error;
    const fs::file_status status = fs::status(input, error);
    if (status.type() == fs::file_type::not_found) {
        return core::Problem{.path = input, .problem = "does not exist", .advice = what_to_give};
    }
    return status.type() == fs::file_type::directory ? take_folder(input, wanted, list)
                                                     : take_file(input, wanted, list);
}

ScanList find_files(const std::vector<std::string>& input, Wanted wanted) {
    ScanList list;
    std::vector<core::Problem> problems;
    for (const std::string& name : input) {
        auto problem = take_input(name, wanted, list);
        if (!problem) continue;
        if (wanted == Wanted::masks && !problem->path.empty()) {
            problem->option = "--reference";
            problem->got = problem->path;
        }
        problems.push_back(std::move(*problem));
    }
    if (!problems.empty()) throw core::InputError(problems);
    return list;
}

/// The folders that the options name as input.
std::vector<std::string> input_folders(const PredictOptions& options) {
    std::vector<std::string> folders;
    if (options.reference) folders.push_back(*options.reference);
    std::ranges::copy_if(options.input, std::back_inserter(folders), [](const std::string& input) {
        std::error_code ignored;
        return fs::is_directory(input, ignored);
    });
    return folders;
}

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

}  // namespace

ScanList find_scans(const std::vector<std::string>& input) {
    return find_files(input, Wanted::scans);
}

std::vector<ScanFile> find_masks(const std::string& folder) {
    return find_files({folder}, Wanted::masks).scans;
}

std::optional<core::Modality> modality_of(const ScanFile& scan) {
    fs::path place = fs::absolute(scan.file).lexically_normal();
    // The name, the folders below INPUT, and the folder that INPUT names or that holds the scan.
    const auto names = 2 + std::distance(scan.folder.begin(), scan.folder.end());
    for (std::ptrdiff_t i = 0; i < names; ++i, place = place.parent_path()) {
        if (const auto found = core::modality_of(place.filename().string())) return found;
    }
    return std::nullopt;
}

bool Outputs::exist() const {
    return is_there(mask) && is_there(likelihood) && (!brain || is_there(*brain));
}

bool Outputs::any_exists() const {
    return is_there(mask) || is_there(likelihood) || brain_exists();
}

bool Outputs::brain_exists() const { return brain && is_there(*brain); }

Outputs outputs_of(const ScanFile& scan, const PredictOptions& options) {
    auto [stem, extension] = split_name(scan.file.filename().string());
    if (options.format) extension = core::concat(".", core::name_of(*options.format));
    const fs::path folder = fs::path(options.output) / scan.folder;
    Outputs outputs{.mask = folder / concat(stem, mask_ending, extension),
                    .likelihood = folder / concat(stem, likelihood_ending, extension),
                    .brain = std::nullopt};
    if (options.brain) outputs.brain = folder / concat(stem, brain_ending, extension);
    return outputs;
}

void check_outputs(const std::vector<ScanFile>& scans, const PredictOptions& options) {
    std::vector<core::Problem> problems;
    const auto folders = input_folders(options);
    const auto check = [&](const char* option, const fs::path& named, const fs::path& written) {
        auto problem = core::output_in_input(option, named, written, folders);
        if (problem && std::ranges::find(problems, *problem) == problems.end()) {
            problems.push_back(std::move(*problem));
        }
    };
    check("-o", options.output, options.output);
    if (options.qc) check("--qc", *options.qc, *options.qc);
    if (problems.empty()) {
        for (const ScanFile& scan : scans) {
            check("-o", options.output, fs::path(options.output) / scan.folder);
        }
    }
    std::set<fs::path> inputs;
    for (const ScanFile& scan : scans) inputs.insert(fs::weakly_canonical(scan.file));
    std::map<fs::path, const ScanFile*> owners;
    for (const ScanFile& scan : scans) {
        const Outputs outputs = outputs_of(scan, options);
        for (const auto& output :
             {std::optional(outputs.mask), std::optional(outputs.likelihood), outputs.brain}) {
            if (output && inputs.contains(fs::weakly_canonical(*output))) {
                problems.push_back({.path = *output,
                                    .kind = "the result",
                                    .problem = concat("of ", quoted(scan.file.string()),
                                                      " would replace an input"),
                                    .advice = "give another folder with -o"});
            }
        }
        const auto [owner, is_new] = owners.emplace(outputs.mask.lexically_normal(), &scan);
        if (!is_new) {
            problems.push_back(
                {.path = owner->second->file,
                 .problem = concat("and ", quoted(scan.file.string()),
                                   " would have the same result ", quoted(outputs.mask.string())),
                 .advice = "give the folder above both, or one at a time"});
        }
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

}  // namespace msunet::predict
