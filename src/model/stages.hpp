// SPDX-License-Identifier: Apache-2.0
/// \file
/// An architecture as the fused network runs it: stages (convolution, ReLU, BatchNorm),
/// how they are joined, and the head.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "model/convolution.hpp"
#include "model/weights.hpp"
#include "msunet/model/fused_ops.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {

/// Convolution, ReLU, BatchNorm, and what a step keeps of them.
struct Stage {
    Convolution convolution;
    Norm norm;
    int halvings = 0;      ///< how often the sides of its output have been halved
    ConvolutionInput x{};  ///< input of the convolution, unless it is recomputed in backward
    at::Tensor z{};        ///< its output; in backward its gradient
    bool summed = false;   ///< the convolution has computed norm.sums

    void release() { x = {}, z = at::Tensor(); }
    [[nodiscard]] bool norm_trainable() const { return norm.gamma_gradient.defined(); }
    [[nodiscard]] bool trainable() const { return convolution.trainable() || norm_trainable(); }
    [[nodiscard]] std::int64_t channels() const { return convolution.bias.size(0); }
};

/// The last two convolutions, and what a step keeps of them.
struct Head {
    Convolution last{};    ///< 3×3
    Convolution score{};   ///< 1×1, to the logits
    ConvolutionInput x{};  ///< input, unless it is recomputed in backward
    at::Tensor z{};        ///< the 3×3 convolution's output, as FusedOps::head_forward leaves it

    void release() { x = {}, z = at::Tensor(); }
};

/// All stages and the head, as views of the weights: 2 stages for each contracting block, 3 for
/// each expanding one. Skip 0 is the one at full size.
class Stages {
public:
    /// `batch_statistics` false: all BatchNorm layers run in inference mode. The weights
    /// outlive the stages. Throws core::Error for an architecture that the fused network can't run.
    Stages(const unet::Architecture& architecture, const Weights& weights, bool batch_statistics,
           const at::TensorOptions& master);

    std::vector<Stage> all;  ///< in the order of the network
    Head head;

    [[nodiscard]] std::size_t count() const { return all.size(); }
    /// Number of skip connections.
    [[nodiscard]] std::size_t skips() const { return skips_; }
    /// Number of stages down to the bottleneck.
    [[nodiscard]] std::size_t contracting() const { return 2 * (skips_ + 1); }
    /// The stage that writes the first half of a merge.
    [[nodiscard]] static std::size_t across(std::size_t skip) { return 2 * skip + 1; }
    /// The stage that writes the second half; two more of its block follow.
    [[nodiscard]] std::size_t up(std::size_t skip) const {
        return contracting() + 3 * (skips_ - 1 - skip);
    }
    /// The merge that a stage reads.
    [[nodiscard]] std::optional<std::size_t> merge_before(std::size_t stage) const;
    /// The sizes of the sums of batch statistics, in the order of a step that goes back to stage
    /// `first`.
    [[nodiscard]] std::vector<std::int64_t> sum_sizes(std::size_t first) const;
    /// How many numbers the outputs of all stages hold, for images of so many pixels together.
    [[nodiscard]] std::int64_t output_numbers(std::int64_t pixels) const;

private:
    std::size_t skips_;
};

}  // namespace msunet::model
