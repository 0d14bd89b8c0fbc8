// SPDX-License-Identifier: Apache-2.0
/// \file
/// Times training steps: `msunet bench`.
#pragma once

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/device/find_accelerator.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::measure {

/// Collective over `world`: times steps on real samples (if scans are given) and on dummy samples,
/// and the parts of a step, or runs the scaling suite. Rank 0 prints. Throws, alike on all ranks,
/// what preparing the scans and placing the ranks throw, and core::Error where a step fails or
/// a signal asks for a stop.
core::ExitCode bench_training(const settings::BenchSettings& settings,
                              const comm::Communicator& world);
/// The same with the accelerator of this source, which must outlive the call.
core::ExitCode bench_training(const settings::BenchSettings& settings,
                              const comm::Communicator& world,
                              const device::AcceleratorSource& source);

}  // namespace msunet::measure
