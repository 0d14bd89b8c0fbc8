// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a start decides once it knows its input: training and `--dry_run` refuse alike.
#pragma once

#include <vector>

#include "msunet/dispatch/dispatcher_machine.hpp"
#include "msunet/plan/open_sweep.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::plan {

/// The decisions of a start. The same on all ranks but for what rank 0 alone has.
struct StartPlan {
    bool has_validation = false;
    weights::StartModel start;
    record::SweepStart first{};  ///< without its world; complete on rank 0
    dispatch::SweepLimits limits{};
    OpenExperiment open{};
    sweep::Placement placement{};  ///< of an experiment that has not finished
};

/// Collective over `world`: the start model of these settings, see weights::load_start_model. Call
/// it before scans are read, so that a bad file is refused at once.
weights::StartModel load_start(const settings::TrainSettings& settings,
                               const comm::Communicator& world);

/// Collective over `world`: checks all that can be known before training and writes nothing.
/// `data`: the input's pairs with their hashes. Throws core::UsageError and core::InputError, alike
/// on all ranks.
StartPlan plan_start(const settings::TrainSettings& settings, const GridPlan& plan,
                     weights::StartModel start, const prepare::Survey& survey,
                     record::DataSummary data, const std::vector<sweep::Node>& nodes,
                     const comm::Communicator& world);

}  // namespace msunet::plan
