// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "gpu/kernel_launcher.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::gpu {

/// The network's passes by own kernels, on the current stream. `step` (1) int32 on the device holds
/// the step that dropout masks depend on, in place of DropoutKey::step: a captured step is replayed
/// with other values.
std::unique_ptr<model::FusedOps> make_cuda_fused_ops(std::shared_ptr<const KernelLauncher> kernels,
                                                     at::Tensor step);

}  // namespace msunet::gpu
