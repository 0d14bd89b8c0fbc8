// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/batches.hpp"
#include "gpu/kernel_launcher.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::gpu {

/// Sets libtorch's process-wide options for the arithmetic of a trial or of a prediction.
void set_arithmetic(model::Precision precision, bool deterministic);

/// An engine on the current device and stream. The first step of each batch shape runs kernel by
/// kernel, the second is captured as a CUDA graph, with reductions and optimizer, and all further
/// ones replay it. Without `slices`, because they don't fit, batches are cut on the host.
[[nodiscard]] std::unique_ptr<train::StepEngine> make_cuda_engine(
    const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
    std::shared_ptr<const DeviceSlices> slices);

}  // namespace msunet::gpu
