// SPDX-License-Identifier: Apache-2.0
/// \file
/// Runs one trial on this rank's group: from an assignment to a result on the disk.
#pragma once

#include <filesystem>
#include <string>

#include "msunet/comm/node_topology.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/dispatch/groups.hpp"
#include "msunet/job/watchdog.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::app {

/// What all trials have in common. References outlive the runner.
struct RunnerParts {
    const settings::TrainSettings& settings;
    const data::Dataset& dataset;
    data::PatchLists& patches;
    const weights::StartModel& start;
    const device::Compute& compute;
    const comm::NodeTopology& topology;
    const sweep::Placement& placement;
    std::filesystem::path folder;
    /// As the journal has it: what the weights files say of how their networks were trained.
    const record::Configuration& configuration;
    std::string metric;
    job::Watchdog& watchdog;
};

/// The runner of this rank; none where it is in no group. The leader writes the training's
/// log and, before it reports an end, `trials/<id>/result.json` to the disk.
dispatch::TrialRunner make_trial_runner(const RunnerParts& parts);

}  // namespace msunet::app
