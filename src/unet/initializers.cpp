// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/initializers.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/random.hpp"

namespace msunet::unet {
namespace {

// Standard deviation of a standard normal cut at 2 sigma; Keras divides by it, so that the cut
// distribution has the variance asked for.
constexpr double cut_deviation = 0.8796256610342398;

void fill_kernel(core::NamedArray& kernel, std::uint64_t seed) {
    const auto fan_in = static_cast<double>(kernel.shape[0] * kernel.shape[1] * kernel.shape[2]);
    const double deviation = std::sqrt(2.0 / fan_in) / cut_deviation;
    core::RandomStream stream(seed);
    for (float& value : kernel.values) {
        value = static_cast<float>(deviation * stream.truncated_normal());
    }
}

}  // namespace

std::vector<core::NamedArray> initial_weights(const Architecture& architecture,
                                              std::uint64_t seed) {
    std::vector<core::NamedArray> weights;
    for (const Tensor& tensor : architecture.tensors()) {
        const bool one = tensor.role == "gamma" || tensor.role == "moving_variance";
        core::NamedArray weight{tensor.name, tensor.shape,
                                std::vector<float>(tensor.elements, one ? 1.0F : 0.0F)};
        if (tensor.role == "kernel") {
            fill_kernel(weight, core::derive_seed(
                                    seed, {core::seed_label("initial weights"), weights.size()}));
        }
        weights.push_back(std::move(weight));
    }
    return weights;
}

}  // namespace msunet::unet
