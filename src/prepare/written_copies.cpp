// SPDX-License-Identifier: Apache-2.0
#include "prepare/written_copies.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

constexpr const char* list_name = "augmented_copies.txt";

/// Names of a copy's files, relative to the folder of --write_augmented.
struct CopyFiles {
    fs::path data;
    fs::path mask;
};

CopyFiles files_of(const Pair& pair, const imaging::AugmentedCopy& copy) {
    const auto [data, masks] = folders_of_copies({});
    return {data / (copy_name(pair.data, copy) + ".nii"),
            masks / (copy_name(pair.mask, copy) + ".nii")};
}

/// The files that the last run listed.
std::set<fs::path> listed_files(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::exists(folder / list_name, ignored)) return {};
    std::set<fs::path> files;
    for (const auto& line : core::split(core::read_file(folder / list_name), '\n')) {
        if (!line.empty()) files.insert(fs::path(line));
    }
    return files;
}

/// What the folders of copies hold, relative to `folder`.
std::vector<fs::path> found_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& inner : folders_of_copies({})) {
        std::error_code error;
        for (fs::directory_iterator entry(folder / inner, error);
             !error && entry != fs::directory_iterator(); entry.increment(error)) {
            files.push_back(inner / entry->path().filename());
        }
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

std::array<fs::path, 2> folders_of_copies(const fs::path& folder) {
    return {folder / "data", folder / "masks"};
}

bool has_written_copies(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / list_name, ignored);
}

void check_written_copies(const fs::path& folder) {
    core::try_folder(folder, core::ExitCode::usage);
    for (const fs::path& inner : folders_of_copies(folder)) {
        core::try_folder(inner, core::ExitCode::usage);
    }
    const auto listed = listed_files(folder);
    std::vector<std::string> others;
    for (const fs::path& file : found_files(folder)) {
        if (!listed.contains(file)) others.push_back(file.string());
    }
    if (others.empty()) return;
    throw core::UsageError(
        {.option = "--write_augmented",
         .path = folder,
         .got = folder,
         .problem = core::concat("holds files that are no copies of an earlier run: ",
                                 core::name_list(others)),
         .why = core::concat("they are not in ", list_name),
         .advice = "give a new or empty folder"});
}

void replace_written_copies(const fs::path& folder, std::span<const Pair> pairs,
                            std::span<const imaging::AugmentedCopy> copies) {
    check_written_copies(folder);
    for (const fs::path& file : found_files(folder)) {
        std::error_code error;
        fs::remove(folder / file, error);
        if (error) throw core::FileError("can't remove", folder / file, error.value());
    }
    std::string list;
    for (const imaging::AugmentedCopy& copy : copies) {
        const CopyFiles files = files_of(pairs[copy.pair], copy);
        list += core::concat(files.data.string(), "\n", files.mask.string(), "\n");
    }
    core::make_directories(folder);
    core::write_file_atomically(folder / list_name, list);
}

std::string stem_of(const std::string& file_name) {
    const std::string lower = core::to_lower(file_name);
    for (const std::string_view extension : {".nii.gz", ".nii"}) {
        if (lower.ends_with(extension)) {
            return file_name.substr(0, file_name.size() - extension.size());
        }
    }
    return file_name;
}

std::string copy_name(const std::string& file_name, const imaging::AugmentedCopy& copy) {
    return core::concat(stem_of(file_name), "_augmented", copy.copy + 1);
}

void write_copy(const fs::path& folder, const Pair& pair, const imaging::AugmentedCopy& copy,
                const LoadedPair& loaded, const imaging::PreprocessOptions& options) {
    for (const fs::path& inner : folders_of_copies(folder)) core::make_directories(inner);
    const CopyFiles files = files_of(pair, copy);
    write_on_scan(folder / files.data, loaded.head, loaded.volume, options);
    write_on_scan(folder / files.mask, loaded.head, loaded.mask, options, io::StoredAs::uint8);
}

}  // namespace msunet::prepare
