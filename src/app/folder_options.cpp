// SPDX-License-Identifier: Apache-2.0
#include "folder_options.hpp"

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::app {

void describe(core::OptionVisitor& visitor, FolderOptions& options) {
    visitor.visit({.name = "folder",
                   .help = "The experiment's folder",
                   .affects = core::Affects::run,
                   .value_name = "DIR",
                   .required = true,
                   .positional = true},
                  options.folder);
}

std::filesystem::path folder_of(std::string_view command, const FolderOptions& options) {
    if (options.folder.size() != 1) {
        throw core::UsageError(core::concat(command, " needs one folder (DIR)"));
    }
    return options.folder.front();
}

}  // namespace msunet::app
