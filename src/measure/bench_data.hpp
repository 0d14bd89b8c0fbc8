// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the benchmarks work on.
#pragma once

#include "msunet/prepare/prepare.hpp"
#include "msunet/settings/bench_settings.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::measure {

/// Collective over `nodes.all()`: prepare::prepare, but where a signal stops it, the error says
/// that the benchmark has stopped: no later start resumes it.
prepare::Prepared prepare_scans(const prepare::Request& request, const comm::NodeTopology& nodes,
                                prepare::Observer* observer = nullptr);

/// Of the steps that are timed.
unet::Hyperparameters bench_hyperparameters(const settings::BenchOptions& options);

}  // namespace msunet::measure
