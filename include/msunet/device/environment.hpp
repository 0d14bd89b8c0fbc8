// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where and with which versions this process runs, for environment.json and bench.json.
#pragma once

#include <optional>
#include <vector>

#include "msunet/report/environment.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/train/accelerator.hpp"

namespace msunet::device {

/// The world's nodes, and which ranks train on which of their devices.
std::vector<report::Environment::Node> environment_nodes(const std::vector<sweep::Node>& nodes,
                                                         const sweep::Placement& placement);

/// Versions, processor, typed command, nodes and number of ranks; what belongs to a sweep is left
/// at its defaults. `accelerator`: nothing on the CPU.
report::Environment describe_environment(
    const std::vector<sweep::Node>& nodes, const sweep::Placement& placement,
    const std::optional<train::AcceleratorVersions>& accelerator);

}  // namespace msunet::device
