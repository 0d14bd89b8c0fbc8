// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/work.hpp"

#include "msunet/unet/hyperparameters.hpp"

namespace msunet::bench {

StepWork step_work(const unet::Architecture& architecture, std::int64_t height, std::int64_t width,
                   int element_bytes) {
    StepWork work;
    bool first = true;
    for (const auto& layer : architecture.layers()) {
        if (layer.kind != unet::LayerKind::convolution) continue;
        const double pixels = static_cast<double>(height >> layer.halvings) *
                              static_cast<double>(width >> layer.halvings);
        const double products =
            pixels * layer.kernel * layer.kernel * layer.in_channels * layer.out_channels;
        work.flops_per_sample += 2 * products * (first ? 2 : 3);
        const double in = pixels * layer.in_channels;
        const double out = pixels * layer.out_channels;
        const double forward = in + out + 2 * out;
        const double backward = 3 * out + (out + in) + (first ? 0 : out + in);
        work.bytes_per_sample += element_bytes * (forward + backward);
        first = false;
    }
    // Weights, gradients and moments are float32 in every precision of the activations.
    constexpr double optimizer_bytes = 4 * (4 + 3);
    work.bytes_per_step =
        optimizer_bytes * static_cast<double>(architecture.trainable_parameter_count({}));
    return work;
}

}  // namespace msunet::bench
