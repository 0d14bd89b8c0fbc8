// SPDX-License-Identifier: Apache-2.0
/// \file
/// The experiment that a start works on, new, resumed or extended, and its journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/experiment/experiment.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::plan {

/// Trials that share a GPU.
struct GpuSharing {
    std::int64_t trials = 1;   ///< at most
    bool is_measured = false;  ///< now or at an earlier start, with --trials_per_gpu auto
    std::string text{};        ///< for the start table; empty: a number was given
};

/// The experiment that this start works on.
struct OpenExperiment {
    std::filesystem::path folder;
    std::optional<std::int64_t> group_size;  ///< recorded, where it is resumed
    /// Trials that share a GPU, where an earlier start has measured how many.
    std::optional<std::int64_t> measured_sharing{};
    bool finished = false;
    std::optional<experiment::ExperimentChoice> choice;  ///< on rank 0
    /// On rank 0, of one that is extended: its record once the journal says so.
    std::optional<record::SweepRecord> extended{};

    /// On rank 0: what this start goes on from; null for a new experiment.
    [[nodiscard]] const record::SweepRecord* record() const {
        if (extended) return &*extended;
        return choice && choice->replay ? &choice->replay->record : nullptr;
    }
};

/// Collective over `world`, before scans are read: refuses folders of output and experiment that no
/// start could use. Leaves nothing. Throws core::Error alike on all ranks.
void check_folders(const settings::TrainSettings& settings, const comm::Communicator& world);

/// Collective over `world`: finds the experiment, or the folder of a new one, and writes nothing;
/// completes `start` on rank 0. Throws core::UsageError alike on all ranks.
OpenExperiment find_experiment(const settings::TrainSettings& settings, record::SweepStart& start,
                               const comm::Communicator& world);

/// Collective over `world`: makes the folder of a new experiment. Throws core::UsageError alike on
/// all ranks.
void make_folder(OpenExperiment& open, record::SweepStart& start, const comm::Communicator& world);

/// Whether --trials_per_gpu auto may let trials share GPUs: not where ranks train together.
[[nodiscard]] bool may_share_gpus(const sweep::RanksPerTrial& ranks, const OpenExperiment& open);

/// What the groups depend on in which the ranks train. Where --trials_per_gpu auto has to measure
/// yet, all ranks may share the GPUs.
sweep::PlacementRequest placement_request(const settings::TrainSettings& settings,
                                          const GridPlan& plan,
                                          const std::vector<sweep::Node>& nodes,
                                          const OpenExperiment& open);

/// The world as the journal describes it.
record::World describe_world(const comm::NodeTopology& topology,
                             const std::vector<sweep::Node>& nodes,
                             const sweep::Placement& placement, const GpuSharing& sharing,
                             const device::Compute& compute);

/// Rank 0: creates the journal, or opens that of an earlier start: adds results that a leader wrote
/// but it lacks, extends the sweep, and removes results of failed trials that are to run again.
record::Journal open_journal(const settings::TrainSettings& settings,
                             const record::SweepStart& start, OpenExperiment& open);

}  // namespace msunet::plan
