// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "gpu/kernel_launcher.hpp"
#include "msunet/model/optimizer.hpp"

namespace msunet::gpu {

/// Updates values, m and v in one pass, and writes the values to `copies` too, flat, in the
/// kernels' element type; undefined: no copies. `update.factors` are read on the device.
void update_by_adam(const KernelLauncher& kernels, const model::AdamUpdate& update,
                    const at::Tensor& copies);

}  // namespace msunet::gpu
