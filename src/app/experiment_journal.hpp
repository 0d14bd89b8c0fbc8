// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the commands that read an experiment's journal have in common.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"
#include "msunet/record/sweep_record.hpp"

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

/// The journal of the experiment in `folder`. Throws core::UsageError where there is none; `option`
/// stands before the folder in the message.
[[nodiscard]] std::filesystem::path journal_in(const std::filesystem::path& folder,
                                               std::string_view option = {});

/// The record of the experiment in `folder`; notices of its journal are warnings. Throws
/// core::UsageError where there is no journal, and what record::replay throws.
[[nodiscard]] record::SweepRecord read_experiment(const std::filesystem::path& folder);

/// "1 with val_dice_coef 0.9512: lr=0.01", with folds "permutation 1 with mean …". `best`: see
/// record::best.
[[nodiscard]] std::string best_text(const record::SweepRecord& record,
                                    const record::TrialResult& best);

}  // namespace msunet::app
