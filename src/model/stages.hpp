// SPDX-License-Identifier: Apache-2.0
#pragma once

// The network as data: 22 stages (convolution, ReLU, batch normalisation) and how they are joined,
// the head, and the buffers that all weights are views of.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/convolution.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {

/// Convolution, ReLU, batch normalisation, and what a step keeps of them.
struct Stage {
    Convolution convolution;
    Norm norm;
    at::Tensor x{};  ///< input of the convolution, unless it is made anew in backward
    at::Tensor z{};  ///< its output; in backward its gradient

    [[nodiscard]] bool norm_trainable() const { return norm.gamma_gradient.defined(); }
    [[nodiscard]] bool trainable() const { return convolution.trainable() || norm_trainable(); }
    [[nodiscard]] std::int64_t channels() const { return convolution.bias.size(0); }
};

/// The last two convolutions, and what a step keeps of them.
struct Head {
    Convolution last{};   ///< conv9_3
    Convolution score{};  ///< 1×1, to the logits
    at::Tensor x{};       ///< input, unless it is made anew in backward
    at::Tensor a{};       ///< conv9_3's output after ReLU
};

/// Number of stages: 2 for each of 5 contracting blocks, 3 for each of 4 expanding ones.
inline constexpr std::size_t contracting_stages = 10;
inline constexpr std::size_t stage_count = 22;
/// Blocks with a skip connection, from the input.
inline constexpr std::size_t skip_count = 4;

/// The stage that writes the first half of merge `skip` (0: the largest).
constexpr std::size_t across_stage(std::size_t skip) { return 2 * skip + 1; }
/// The stage that writes the second half; two more of its block follow.
constexpr std::size_t up_stage(std::size_t skip) {
    return contracting_stages + 3 * (skip_count - 1 - skip);
}
/// The merge that a stage reads.
std::optional<std::size_t> merge_before(std::size_t stage);
/// How often the sides of a stage's output have been halved.
constexpr std::size_t halvings(std::size_t stage) {
    if (stage < contracting_stages) return stage / 2;
    return skip_count - 1 - (stage - contracting_stages) / 3;
}

/// All weights: trainable ones flat with gradients, frozen ones and statistics in buffers of their
/// own; stages and head are views of them.
class Weights {
public:
    /// `trainable`: a flag for each of unet's layers, empty: all.
    Weights(const std::vector<bool>& trainable, bool batch_statistics,
            const at::TensorOptions& master);

    /// All 136 tensors in unet's order; throws core::Error where a shape does not fit.
    void load(std::span<const core::NamedArray> arrays);
    [[nodiscard]] std::vector<core::NamedArray> save() const;
    /// How many numbers the outputs of all stages hold, for images of so many pixels together.
    [[nodiscard]] std::int64_t output_numbers(std::int64_t pixels) const;

    FlatParameters parameters;  ///< trainable
    FlatParameters fixed;       ///< frozen; gradients unused
    FlatParameters statistics;  ///< moving means and variances; gradients unused
    std::vector<Stage> stages;  ///< in the order of the network
    Head head;

private:
    /// Where a tensor of unet's list lies.
    struct Place {
        FlatParameters* buffer;
        std::size_t segment;
    };
    [[nodiscard]] at::Tensor value(std::size_t tensor) const;
    [[nodiscard]] at::Tensor gradient(std::size_t tensor) const;
    void make_stages(bool batch_statistics, const at::TensorOptions& master);

    std::vector<Place> places_;
};

}  // namespace msunet::model
