// SPDX-License-Identifier: Apache-2.0
/// \file
/// What Keras computed (tests/reference), and a training step on it.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"
#include "support/npy.hpp"
#include "support/reference.hpp"

namespace msunet::test {

inline const unet::Architecture& published() {
    static const unet::Architecture architecture = unet::published_architecture();
    return architecture;
}

/// Two blocks with a residual connection and other channels than the published architecture's.
inline unet::Architecture small_residual() {
    return unet::Architecture({.name = "small",
                               .blocks = {{.channels = 8, .residual = true},
                                          {.channels = 12, .kernel = 5, .residual = true}},
                               .head_channels = 3});
}

/// Number `index` of splitmix64's sequence (Steele, Lea and Flood, OOPSLA 2014), in [0, 1), as
/// tests/reference/make/seeded.py draws it.
inline double seeded_uniform(std::uint64_t index) {
    constexpr std::uint64_t seed = 20240219;
    std::uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/// Bounds of the weights of a tensor, as in tests/reference/make/seeded.py.
inline std::pair<double, double> seeded_bounds(const unet::Tensor& tensor) {
    static const std::map<std::string_view, std::pair<double, double>> bounds{
        {"bias", {-0.05, 0.05}},
        {"gamma", {0.8, 1.2}},
        {"beta", {-0.1, 0.1}},
        {"moving_mean", {-0.1, 0.3}},
        {"moving_variance", {0.6, 1.2}}};
    if (tensor.role != "kernel") return bounds.at(tensor.role);
    const auto& shape = tensor.shape;
    const double limit = std::sqrt(6.0 / static_cast<double>(shape[0] * shape[1] * shape[2]));
    return {-limit, limit};
}

/// The weights with which Keras computed the references.
inline std::vector<core::NamedArray> start_weights() {
    std::vector<core::NamedArray> weights;
    std::uint64_t next = 0;
    for (const unet::Tensor& tensor : published().tensors()) {
        const auto [low, high] = seeded_bounds(tensor);
        std::vector<float> values(tensor.elements);
        for (float& value : values) {
            value = static_cast<float>(low + (high - low) * seeded_uniform(next++));
        }
        weights.push_back({tensor.name, tensor.shape, std::move(values)});
    }
    return weights;
}

/// A function that makes one kind of network.
using Maker = std::unique_ptr<model::Network> (*)(model::NetworkParts);

/// A network of the published architecture.
inline std::unique_ptr<model::Network> published_network(
    Maker make, model::NetworkOptions options, std::span<const core::NamedArray> weights) {
    return make({.architecture = published(), .options = std::move(options), .weights = weights});
}

/// One with the start weights.
inline std::unique_ptr<model::Network> start_network(Maker make, model::NetworkOptions options) {
    return published_network(make, std::move(options), start_weights());
}

/// "forward", "gradient" or "trajectory": what Keras computed.
inline std::map<std::string, test::NpyArray> fixture(const std::string& name) {
    return test::read_npz(reference("network/" + name + ".npz"));
}

/// (N,H,W,1) or any shape, without a last dimension of 1, in double.
inline at::Tensor tensor(const test::NpyArray& array) {
    auto shape = array.shape;
    if (shape.size() == 4 && shape.back() == 1) shape.pop_back();
    return at::from_blob(const_cast<double*>(array.values.data()), shape, at::kDouble).clone();
}

/// Everything but conv9_3 is trained, as in the references.
inline std::vector<bool> all_but_the_head() {
    unet::Hyperparameters hyperparameters;
    hyperparameters.which_layer = 18;
    return published().trainable_layers(hyperparameters);
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

/// Forward, loss and backward of one batch; the loss (mean over samples).
inline double step(model::Network& network, const at::Tensor& x, const at::Tensor& y,
                   const model::Objective& objective = {"dice_coef_loss", "sigmoid"}) {
    const auto type = network.master_options().dtype();
    const at::Tensor logits = network.forward(x.to(type), {});
    const auto result =
        objective.evaluate(logits, y.to(type), at::ones({x.size(0)}, type), x.size(0), true);
    network.backward(result.gradient);
    return result.losses.mean().item<double>();
}

}  // namespace msunet::test
