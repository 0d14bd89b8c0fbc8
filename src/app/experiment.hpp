// SPDX-License-Identifier: Apache-2.0
/// \file
/// The folder that a start works in: a new experiment, or one that is resumed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/journal.hpp"
#include "options.hpp"

namespace msunet::app {

/// What the user asked for.
struct ExperimentRequest {
    std::filesystem::path output_directory;
    std::optional<std::string> name;
    Resume resume;
};

/// The folder, and the journal if the experiment is resumed.
struct ExperimentChoice {
    std::filesystem::path folder;
    std::string name;
    std::optional<record::Replay> replay;  ///< nullopt: a new experiment, the folder was made
    std::vector<std::string> notices;      ///< lines for the user
};

/// Makes the output folder if need be and checks that files can be written there.
/// Throws core::UsageError.
void check_output_directory(const std::filesystem::path& folder);

/// Finds or makes the experiment's folder for a start that would begin with `current`.
/// Throws core::UsageError where another start has the experiment in use, where configuration or
/// data changed (with the differences), and where the folder is no experiment. For rank 0 alone.
ExperimentChoice choose_experiment(const ExperimentRequest& request,
                                   const record::SweepStart& current);

}  // namespace msunet::app
