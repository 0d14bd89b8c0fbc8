// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "gpu/kernel_launcher.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::gpu {

/// Fused operations by our own kernels, on the current stream of `device`. `step` (1) int32 on the
/// device holds the step that dropout masks depend on, instead of DropoutKey::step, so that a
/// captured step can be replayed with other values.
[[nodiscard]] std::unique_ptr<model::FusedOps> make_cuda_fused_ops(
    std::shared_ptr<const KernelLauncher> kernels, at::Device device, at::Tensor step);

}  // namespace msunet::gpu
