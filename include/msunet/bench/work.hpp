// SPDX-License-Identifier: Apache-2.0
/// \file
/// How much work a training step is, counted from the shapes of the layers. Pure.
#pragma once

#include <cstdint>

#include "msunet/unet/architecture.hpp"

namespace msunet::bench {

/// The work of training steps. Operations are those of direct convolutions, two (a multiplication
/// and an addition) for each weight and pixel: once forward, twice backward (gradients of input and
/// of weights), the first convolution without that of its input. Other layers are a few operations
/// a pixel and are not counted. An algorithm such as Winograd's needs fewer operations.
///
/// Bytes are what moves if no activation stays in a cache: a convolution reads its input and writes
/// its output; what follows it (ReLU, BatchNorm) reads and writes that once more; backward the
/// latter reads output and gradient and writes a gradient, and the convolution reads gradient and
/// input for the weights and reads a gradient and writes one for its input. Each rank's optimiser
/// reads weights, gradients and two moments and writes all but the gradients. In bf16 on AMX fewer
/// move than are counted: an output that only a convolution reads is normalised by that one, in no
/// pass of its own.
struct StepWork {
    double flops_per_sample = 0;
    double bytes_per_sample = 0;
    double bytes_per_step = 0;  ///< of each rank

    /// Operations for each byte where a rank trains `samples` of a step.
    [[nodiscard]] double intensity(double samples) const {
        const double bytes = bytes_per_sample * samples + bytes_per_step;
        return bytes > 0 ? flops_per_sample * samples / bytes : 0;
    }
};

/// Of samples of height x width pixels (padded), whose activations have elements of so many bytes.
/// All weights train.
[[nodiscard]] StepWork step_work(const unet::Architecture& architecture, std::int64_t height,
                                 std::int64_t width, int element_bytes);

}  // namespace msunet::bench
