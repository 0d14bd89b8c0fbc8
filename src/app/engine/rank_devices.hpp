// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether ranks can compute together, by the GPUs that each of them found.
#pragma once

#include <string>
#include <vector>

#include "msunet/train/options.hpp"

namespace msunet::app {

/// What a rank found.
struct RankDevices {
    std::string host;
    bool has_gpu = false;
    std::string problem;  ///< why not; empty where there is no driver, as on a node without GPUs
};

/// What to warn of before all ranks compute on the CPU; nothing where all have a GPU. `ranks`: by
/// world rank. Throws core::UsageError where some ranks can use a GPU and others can't, and for
/// Device::gpu where any can't; for Device::cpu nothing is looked at.
[[nodiscard]] std::vector<std::string> device_warnings(train::Device asked,
                                                       const std::vector<RankDevices>& ranks);

}  // namespace msunet::app
