// SPDX-License-Identifier: Apache-2.0
#include "model/stages.hpp"

#include <ATen/ops/zeros.h>

#include <string>
#include <utility>

#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"
#include "msunet/model/network.hpp"

namespace msunet::model {
namespace {

Convolution make_convolution(const unet::Layer& layer, const Weights& weights, std::size_t tensor) {
    const bool up = layer.part == unet::Part::up_sampling;
    return {.kind = up ? ConvolutionKind::up : ConvolutionKind::same,
            .kernel = weights.value(tensor),
            .bias = weights.value(tensor + 1),
            .kernel_gradient = weights.gradient(tensor),
            .bias_gradient = weights.gradient(tensor + 1),
            .converted = weights.copy(tensor)};
}

Norm make_norm(const unet::BatchNormConstants& constants, const Weights& weights,
               std::size_t tensor, bool batch_statistics, const at::TensorOptions& master) {
    const at::Tensor gamma = weights.value(tensor);
    const std::int64_t channels = gamma.size(0);
    const auto wide = master.dtype(at::kDouble);
    return {.constants = constants,
            .gamma = gamma,
            .beta = weights.value(tensor + 1),
            .moving_mean = weights.value(tensor + 2),
            .moving_variance = weights.value(tensor + 3),
            .gamma_gradient = weights.gradient(tensor),
            .beta_gradient = weights.gradient(tensor + 1),
            .batch_statistics = batch_statistics && weights.gradient(tensor).defined(),
            .sums = at::zeros({2, channels}, wide),
            .mean = at::zeros({channels}, wide),
            .inverse = at::zeros({channels}, wide),
            .scale = at::zeros({channels}, master),
            .shift = at::zeros({channels}, master),
            .correction = at::zeros({2, channels}, master)};
}

/// What the kernel of the last 3×3 convolution reads and writes.
constexpr int head_input = 32, head_output = 2;

std::optional<std::string> block_problem(const unet::Block& block, bool is_bottleneck) {
    if (block.residual) return "a block has a residual connection";
    if (!block.skip && !is_bottleneck) return "a block has no skip connection";
    if (block.convolutions != 2) {
        return "a block has " + std::to_string(block.convolutions) + " convolutions, not 2";
    }
    if (block.kernel != 3) return "a block's kernels have side " + std::to_string(block.kernel);
    if (block.channels % kernels::channel_block != 0) {
        return "a block has " + std::to_string(block.channels) + " channels, no multiple of " +
               std::to_string(kernels::channel_block);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> fused_network_problem(const unet::Architecture& architecture) {
    const auto& description = architecture.description();
    const auto& blocks = description.blocks;
    for (const auto& block : blocks) {
        if (auto problem = block_problem(block, &block == &blocks.back())) return problem;
    }
    const auto differs = [](const char* what, int found, int wanted) {
        return std::string(what) + ' ' + std::to_string(found) + ", not " + std::to_string(wanted);
    };
    if (description.input_channels != 1) {
        return differs("the input's channels are", description.input_channels, 1);
    }
    if (description.up_kernel != 2) {
        return differs("the side of up-sampling kernels is", description.up_kernel, 2);
    }
    if (blocks.front().channels != head_input) {
        return differs("the first block's channels are", blocks.front().channels, head_input);
    }
    if (description.head_channels != head_output) {
        return differs("the head's channels are", description.head_channels, head_output);
    }
    return std::nullopt;
}

Stages::Stages(const unet::Architecture& architecture, const Weights& weights,
               bool batch_statistics, const at::TensorOptions& master)
    : skips_(architecture.description().blocks.size() - 1) {
    if (const auto problem = fused_network_problem(architecture)) {
        throw core::Error(core::ExitCode::failure,
                          "the fused network can't run the architecture '" +
                              architecture.description().name + "' (" + *problem +
                              "), use the autograd network");
    }
    const auto& layers = architecture.layers();
    std::vector<Convolution> convolutions;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (!layers[i].has_weights()) continue;
        const std::size_t tensor = weights.first_of(i);
        if (layers[i].kind == unet::LayerKind::convolution) {
            convolutions.push_back(make_convolution(layers[i], weights, tensor));
            continue;
        }
        all.push_back({.convolution = std::move(convolutions.back()),
                       .norm = make_norm(architecture.description().batch_norm, weights, tensor,
                                         batch_statistics, master),
                       .halvings = layers[i].halvings});
        convolutions.pop_back();
    }
    head = {.last = std::move(convolutions.front()), .score = std::move(convolutions.back())};
}

std::optional<std::size_t> Stages::merge_before(std::size_t stage) const {
    for (std::size_t skip = 0; skip < skips_; ++skip) {
        if (stage == up(skip) + 1) return skip;
    }
    return std::nullopt;
}

std::vector<std::int64_t> Stages::sum_sizes(std::size_t first) const {
    std::vector<std::int64_t> sizes;
    const auto add = [&](const Stage& stage) {
        if (stage.norm.batch_statistics) sizes.push_back(2 * stage.channels());
    };
    for (const auto& stage : all) add(stage);
    for (std::size_t i = count(); i-- > first;) add(all[i]);
    return sizes;
}

std::int64_t Stages::output_numbers(std::int64_t pixels) const {
    std::int64_t numbers = 0;
    for (const auto& stage : all) numbers += (stage.channels() * pixels) >> (2 * stage.halvings);
    return numbers;
}

}  // namespace msunet::model
