// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares networks that only infer with the CPU's: on the host in a unit test, on a GPU where
/// there is one.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/model/network.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::test {

using InferenceMaker = std::function<std::unique_ptr<model::Network>(
    const unet::Architecture&, std::span<const core::NamedArray>, model::Precision)>;

/// As a network has them after some training: with moving statistics other than 0 and 1.
inline std::vector<core::NamedArray> weights_with_statistics(
    const unet::Architecture& architecture) {
    auto weights = unet::initial_weights(architecture, 3);
    int changed = 0;
    for (auto& array : weights) {
        const bool is_mean = array.name.find("moving_mean") != std::string::npos;
        if (!is_mean && array.name.find("moving_variance") == std::string::npos) continue;
        ++changed;
        for (std::size_t i = 0; i < array.values.size(); ++i) {
            const float drawn = static_cast<float>(i * 37 % 101) / 100;
            array.values[i] = is_mean ? 0.1F * drawn : 0.5F + drawn;
        }
    }
    EXPECT_GT(changed, 0);
    return weights;
}

/// The networks that `make` makes give the CPU's logits.
inline void expect_inference_like_cpu(const InferenceMaker& make) {
    const auto architecture = unet::published_architecture();
    const auto weights = weights_with_statistics(architecture);
    const at::Tensor x = at::rand({3, 64, 32}, at::kDouble);
    for (const auto& [precision, tolerance] :
         {std::pair{model::Precision::float64, 1e-10}, std::pair{model::Precision::float32, 1e-4},
          std::pair{model::Precision::bf16, 5e-2}}) {
        SCOPED_TRACE(core::name_of(precision));
        const auto on_cpu = model::make_inference_network({.architecture = architecture,
                                                           .options = {.precision = precision},
                                                           .weights = weights});
        const at::Tensor want = on_cpu->infer(x).to(at::kDouble);
        const auto network = make(architecture, weights, precision);
        EXPECT_EQ(network->parameters().size(), 0) << "it has gradients";
        const at::Tensor got = network->infer(x).to(at::kCPU, at::kDouble);
        EXPECT_GT(want.abs().max().item<double>(), 0.01);
        EXPECT_LE((got - want).abs().max().item<double>(),
                  tolerance * (1 + want.abs().max().item<double>()));
        EXPECT_TRUE(network->infer(x).to(at::kCPU, at::kDouble).equal(got)) << "another result";
    }
}

}  // namespace msunet::test
