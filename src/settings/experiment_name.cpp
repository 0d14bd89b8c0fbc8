// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/experiment_name.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "msunet/core/columns.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::settings {

namespace {

/// Longest name in bytes: file systems allow 255, of which "model_deploy<name>_details.txt", the
/// suffix of a shard and that of a file that is being written take the rest.
constexpr std::size_t longest_name = 180;
/// Columns of a name that is too long in its message.
constexpr std::size_t longest_shown = 40;

bool is_folder_name(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

}  // namespace

void check_experiment_name(const std::string& option, const std::string& name) {
    if (!is_folder_name(name)) {
        throw core::UsageError({.option = option,
                                .got = name,
                                .expected = "the name of a folder, without '/' (--output_directory "
                                            "is the folder around it)"});
    }
    if (std::ranges::any_of(name, [](unsigned char c) { return std::iscntrl(c) != 0; })) {
        throw core::UsageError(
            {.option = option, .got = name, .expected = "a name without control characters"});
    }
    if (name.size() > longest_name) {
        throw core::UsageError(
            {.option = option,
             .got = core::shorten(name, longest_shown),
             .expected = core::concat("a name of at most ", longest_name, " bytes, this one has ",
                                      name.size(), " (names of files contain it)")});
    }
    // Restore removes ".zip" from the archive's name wherever it stands.
    if (name.find(".zip") != std::string::npos) {
        throw core::UsageError({.option = option,
                                .got = name,
                                .expected = "a name without '.zip' (talos.Restore would not find "
                                            "the files of the archive)"});
    }
}

}  // namespace msunet::settings
