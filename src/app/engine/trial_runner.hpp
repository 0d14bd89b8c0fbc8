// SPDX-License-Identifier: Apache-2.0
/// \file
/// One trial on this rank's group: from an assignment to a result on disk.
#pragma once

#include <filesystem>
#include <string>

#include "../start_model.hpp"
#include "compute.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/dispatch/groups.hpp"
#include "msunet/record/journal.hpp"
#include "sweep_setup.hpp"
#include "watchdog.hpp"

namespace msunet::app {

/// What all trials have in common. References outlive the runner.
struct RunnerParts {
    const TrainSettings& settings;
    const data::Dataset& dataset;
    PatchLists& patches;
    const StartModel& start;
    const Compute& compute;
    const comm::NodeTopology& topology;
    const sweep::Placement& placement;
    std::filesystem::path folder;
    std::string metric;
    Watchdog& watchdog;
};

/// The runner: what goes wrong alike on all ranks of the group becomes a failed result. The leader
/// writes `trials/<id>/result.json` durably before it returns, and the trial's log.
dispatch::TrialRunner make_trial_runner(const RunnerParts& parts);

/// Takes up results that leaders wrote but the journal lacks (the job died in between).
void take_up_results(record::Journal& journal, const std::filesystem::path& folder);

/// Sets failed trials aside so that they run again.
void retry_failed(record::Journal& journal, const std::filesystem::path& folder);

}  // namespace msunet::app
