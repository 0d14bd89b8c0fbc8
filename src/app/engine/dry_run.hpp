// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--dry_run`: checks the input and prints the plan; trains nothing.
#pragma once

#include "msunet/comm/node_topology.hpp"
#include "msunet/core/error.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::app {

/// Collective over the topology's ranks: reads every file, prints pairs, grid, sizes, memory and an
/// estimate of the time. Throws what a real run would throw about its input.
core::ExitCode dry_run(const settings::TrainSettings& settings, const plan::GridPlan& plan,
                       weights::StartModel start, const prepare::Request& request,
                       const device::Compute& compute, const comm::NodeTopology& topology,
                       prepare::Observer& observer);

}  // namespace msunet::app
