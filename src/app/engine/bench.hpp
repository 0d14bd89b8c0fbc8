// SPDX-License-Identifier: Apache-2.0
/// \file
/// Times training steps: `msunet bench`.
#pragma once

#include "../bench_settings.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"

namespace msunet::app {

/// Collective over `world`: real samples if scans are given, dummy samples, where a step's time
/// goes. Rank 0 prints. Throws, alike on all ranks, what preparing the scans and placing the ranks
/// throw, and core::Error where a step fails.
core::ExitCode bench_training(const BenchSettings& settings, const comm::Communicator& world);

}  // namespace msunet::app
