// SPDX-License-Identifier: Apache-2.0
/// \file
/// The folder that a start works in: a new experiment, or one that is resumed or extended.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/experiment/journal_watch.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/settings/options.hpp"
#include "msunet/sweep/extension.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::experiment {

/// Whether an experiment may get a larger grid.
struct ExtensionRequest {
    bool asked = false;                     ///< `--extend`
    std::optional<std::string> obstacle{};  ///< see extension_obstacle
    sweep::ExtensionValues values{};
    std::optional<sweep::PerformanceTarget> target{};  ///< at which no further trial begins
};

/// What the user asked for.
struct ExperimentRequest {
    std::filesystem::path output_directory;
    std::optional<std::string> name;
    settings::Resume resume;
    JournalWatch watch;
    ExtensionRequest extension{};
};

/// The folder, and the journal if the experiment is resumed.
struct ExperimentChoice {
    std::filesystem::path folder;
    std::string name;
    std::optional<record::Replay> replay;  ///< nullopt: a new experiment
    /// Of one that gets a larger grid (see sweep::extend).
    std::optional<record::SweepExtended> extension{};
    /// Of a new one whose name gets a number where another start takes it first: the name without
    /// a number. Else empty.
    std::string numbered_from{};
    std::vector<std::string> notices;  ///< lines for the user
};

/// Refuses what choose_experiment and make_experiment_folder would refuse whatever the sweep is: an
/// output folder to which nothing can be written, and a folder that is asked for and is no
/// experiment. Leaves nothing. Throws core::Error with the code of wrong usage. For rank 0 alone.
void check_folders(const ExperimentRequest& request);

/// Finds the experiment of a start that would begin with `current`, or the folder of a new one.
/// Writes nothing. Throws core::UsageError where another start has the experiment in use, where
/// configuration or data changed (with the differences) and the experiment can't be or is not to be
/// extended, where a result has reached the target of an extension, and where the folder is no
/// experiment.
/// For rank 0 alone.
[[nodiscard]] ExperimentChoice choose_experiment(const ExperimentRequest& request,
                                                 const record::SweepStart& current);

/// Makes the folder of a new experiment, and that around it if need be; folder and name change
/// where they are numbered and another start was faster. Throws core::UsageError.
void make_experiment_folder(ExperimentChoice& choice);

}  // namespace msunet::experiment
