// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where and with which versions this process runs, for environment.json and bench.json.
#pragma once

#include <string>
#include <vector>

#include "msunet/device/compute.hpp"
#include "msunet/report/environment.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::device {

/// The world's nodes, and which ranks train on which of their devices. `processors`: by node.
std::vector<report::Environment::Node> environment_nodes(
    const std::vector<sweep::Node>& nodes, const sweep::Placement& placement,
    const std::vector<std::string>& processors);

/// Versions, processors, typed command, nodes and number of ranks; what belongs to a sweep is left
/// at its defaults.
report::Environment describe_environment(const std::vector<sweep::Node>& nodes,
                                         const sweep::Placement& placement, const Compute& compute);

}  // namespace msunet::device
