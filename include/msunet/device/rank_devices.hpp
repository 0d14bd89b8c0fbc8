// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether ranks can compute together, by the GPUs that each of them found, and which these are.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/device.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::device {

/// What a rank found.
struct RankDevices {
    std::string host;
    bool has_gpu = false;
    std::string problem;  ///< why not; empty where there is no driver, as on a node without GPUs
};

/// What to warn of before all ranks compute on the CPU; nothing where all have a GPU. `ranks`: by
/// world rank. Throws core::UsageError where some ranks can use a GPU and others can't, and for
/// Device::gpu where any can't; for Device::cpu nothing is looked at.
[[nodiscard]] std::vector<std::string> device_warnings(core::Device asked,
                                                       const std::vector<RankDevices>& ranks);

/// How many GPUs have each name.
using GpuCounts = std::vector<std::pair<std::string, std::int64_t>>;

/// GPUs that any rank of the nodes sees, each once, in the order in which they are found.
[[nodiscard]] GpuCounts gpus_by_name(const std::vector<sweep::Node>& nodes);

/// Of these only the GPUs that a rank with a group uses. `placement`: of these nodes.
[[nodiscard]] GpuCounts used_gpus_by_name(const std::vector<sweep::Node>& nodes,
                                          const sweep::Placement& placement);

/// "1 × NVIDIA T1000, 2 × NVIDIA H200".
[[nodiscard]] std::string gpus_text(const GpuCounts& counts);

}  // namespace msunet::device
