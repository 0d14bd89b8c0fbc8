// SPDX-License-Identifier: Apache-2.0
#include "prepare/exchanged.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace {

/// Whether every file of -mpath has a problem, and one is read but no mask.
bool holds_no_mask(const Input& input, const Findings& findings) {
    std::set<std::string> bad;
    bool one_is_read = false;
    for (const core::Problem& problem : findings.problems) {
        bad.insert(problem.path);
        one_is_read = one_is_read || problem.problem == no_mask;
    }
    return one_is_read && std::ranges::all_of(input.masks, [&](const std::string& name) {
               return bad.contains((input.mask_folder / name).string());
           });
}

/// Whether a file is a mask; nothing if it can't be read.
std::optional<bool> is_mask(const std::filesystem::path& file,
                            const imaging::PreprocessOptions& options) {
    Findings findings;
    if (read_mask(file, options, findings)) return true;
    if (findings.problems.front().problem == no_mask) return false;
    return std::nullopt;
}

}  // namespace

std::optional<core::Problem> exchanged_folders(const Request& request, const Input& input,
                                               const Findings& findings) {
    if (!holds_no_mask(input, findings)) return std::nullopt;
    bool masks = false;
    for (const std::string& name : input.data) {
        const auto mask = is_mask(input.data_folder / name, request.preprocess);
        if (mask == false) return std::nullopt;
        masks = masks || mask == true;
    }
    if (!masks) return std::nullopt;
    return core::Problem{
        .option = "-tpath",
        .path = input.data_folder,
        .got = input.data_folder,
        .problem = core::concat("holds masks and -mpath ", core::quoted(input.mask_folder.string()),
                                " scans"),
        .advice = ": exchange the two"};
}

}  // namespace msunet::prepare
