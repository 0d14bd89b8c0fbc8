// SPDX-License-Identifier: Apache-2.0
/// \file
/// The reference fixtures of Keras, and a training step on them.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"
#include "support/npy.hpp"

#define SKIP_WITHOUT_REFERENCE()                                                 \
    if (!std::filesystem::exists(msunet::test::reference_folder())) {            \
        GTEST_SKIP() << "there is no reference folder in " << MSUNET_SHARED_DIR; \
    }

namespace msunet::test {

inline std::filesystem::path reference_folder() {
    return std::filesystem::path(MSUNET_SHARED_DIR) / "reference";
}

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

/// The fixtures' start model.
inline std::vector<core::NamedArray> start_weights() {
    const auto file = reference_folder() / "start" / "initialWeights.h5";
    return h5::match_start_model(h5::read_keras_file(file), published().tensor_shapes(), file)
        .weights;
}

/// A function that makes one kind of network.
using Maker = std::unique_ptr<model::Network> (*)(model::NetworkParts);

/// A network of the published architecture.
inline std::unique_ptr<model::Network> published_network(
    Maker make, model::NetworkOptions options, std::span<const core::NamedArray> weights) {
    return make({.architecture = published(), .options = std::move(options), .weights = weights});
}

/// One with the fixtures' start weights.
inline std::unique_ptr<model::Network> start_network(Maker make, model::NetworkOptions options) {
    return published_network(make, std::move(options), start_weights());
}

/// An .npz file of the fixtures.
inline std::map<std::string, test::NpyArray> fixture(const std::string& name) {
    return test::read_npz(reference_folder() / "fixtures" / (name + ".npz"));
}

/// (N,H,W,1) or any shape, without a last dimension of 1, in double.
inline at::Tensor tensor(const test::NpyArray& array) {
    auto shape = array.shape;
    if (shape.size() == 4 && shape.back() == 1) shape.pop_back();
    return at::from_blob(const_cast<double*>(array.values.data()), shape, at::kDouble).clone();
}

/// Everything but conv9_3, as the fixtures named "frozen".
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
