// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the commands that read an experiment's folder have in common.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"

namespace msunet::app {

/// The one folder that such a command reads.
struct FolderOptions {
    std::vector<std::string> folder;
};
void describe(core::OptionVisitor& visitor, FolderOptions& options);

/// The options of such a command: FolderOptions, or a struct that is derived from it. Refers to
/// `options`.
template <class Options>
[[nodiscard]] config::Schema experiment_schema(std::string_view command, Options& options) {
    config::Schema schema{std::string(command)};
    schema.add("Experiment", options);
    return schema;
}

/// The folder of the options. Throws core::UsageError unless there is exactly one.
[[nodiscard]] std::filesystem::path folder_of(std::string_view command,
                                              const FolderOptions& options);

}  // namespace msunet::app
