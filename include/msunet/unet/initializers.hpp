// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::unet {

/// New weights for all tensors of the architecture, in its order. Kernels: Keras's
/// VarianceScaling(2, fan_in, truncated_normal), i.e. a normal distribution of standard deviation
/// sqrt(2 / fan_in) / 0.8796256610342398 cut at twice that; biases 0; BatchNorm 1, 0,
/// 0, 1. A tensor's values depend on the seed and its index alone.
[[nodiscard]] std::vector<core::NamedArray> initial_weights(const Architecture& architecture,
                                                            std::uint64_t seed);

}  // namespace msunet::unet
