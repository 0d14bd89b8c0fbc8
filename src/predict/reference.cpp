// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/reference.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/input.hpp"

namespace msunet::predict {

namespace fs = std::filesystem;

namespace {

using Group = std::vector<std::size_t>;  ///< numbers of files

std::string file_name(const ScanFile& file) { return file.file.filename().string(); }

/// Files by folder, in each by name in byte order; all in one group if not `by_folder`.
std::map<fs::path, Group> grouped(const std::vector<ScanFile>& files, bool by_folder) {
    std::map<fs::path, Group> groups;
    for (std::size_t i = 0; i < files.size(); ++i) {
        groups[by_folder ? files[i].folder : fs::path()].push_back(i);
    }
    for (auto& [folder, group] : groups) {
        std::ranges::stable_sort(group, {}, [&](std::size_t i) { return file_name(files[i]); });
    }
    return groups;
}

std::vector<std::string> names_of(const std::vector<ScanFile>& files, const Group& group) {
    std::vector<std::string> names;
    std::ranges::transform(group, std::back_inserter(names),
                           [&](std::size_t i) { return file_name(files[i]); });
    return names;
}

}  // namespace

References pair_references(const std::vector<ScanFile>& scans, const std::string& folder) {
    const std::vector<ScanFile> masks = find_masks(folder);
    const bool by_folder =
        std::ranges::any_of(masks, [](const ScanFile& mask) { return !mask.folder.empty(); });
    auto groups_of_masks = grouped(masks, by_folder);
    References references;
    references.of_scan.resize(scans.size());
    std::vector<core::Problem> problems;
    for (const auto& [below, group] : grouped(scans, by_folder)) {
        const Group& of_masks = groups_of_masks[below];
        const fs::path place = below.empty() ? fs::path(folder) : fs::path(folder) / below;
        const prepare::Pairing pairing = prepare::pair_files(
            names_of(scans, group), names_of(masks, of_masks), 0, {.required = false},
            {.data = "INPUT",
             .masks = core::concat("--reference ", core::quoted(place.string())),
             .where_pairs_are_listed = "dice.csv lists all scans"});
        std::ranges::copy(pairing.problems, std::back_inserter(problems));
        std::ranges::copy(pairing.warnings, std::back_inserter(references.warnings));
        if (!pairing.problems.empty()) continue;
        for (std::size_t i = 0; i < group.size(); ++i) {
            references.of_scan[group[i]] = masks[of_masks[i]].file;
        }
    }
    if (!problems.empty()) throw core::InputError(problems);
    return references;
}

}  // namespace msunet::predict
