// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scaling suite: `msunet bench all`.
#pragma once

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/device/find_accelerator.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::measure {

/// Collective over `world`: runs the benchmarks that `what` asks for, prints a table of each and
/// keeps the files of --output up to date. Throws, alike on all ranks, what preparing the scans
/// throws, core::UsageError for folders, and core::Error where a step fails or a signal asks for a
/// stop; the files then have what was measured.
core::ExitCode bench_suite(const settings::BenchSettings& settings, const comm::Communicator& world,
                           const device::AcceleratorSource& source);

}  // namespace msunet::measure
