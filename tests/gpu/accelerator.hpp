// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "msunet/train/accelerator.hpp"

/// The plug-in's entry point; these tests are linked with the plug-in.
extern "C" msunet::train::Accelerator* msunet_gpu_accelerator_v10(std::string* problem);

namespace msunet::test {

/// The GPUs, with `device` selected once per process; null if there is no such device.
inline train::Accelerator* accelerator(int device = 0) {
    static train::Accelerator* const chosen = [&]() -> train::Accelerator* {
        std::string problem;
        auto* all = msunet_gpu_accelerator_v10(&problem);
        if (all == nullptr || static_cast<int>(all->devices().size()) <= device) return nullptr;
        all->select(device);
        return all;
    }();
    return chosen;
}

}  // namespace msunet::test
