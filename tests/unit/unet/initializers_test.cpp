// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/initializers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace msunet::unet {
namespace {

const Architecture& published() {
    static const Architecture published = published_architecture();
    return published;
}

TEST(Initializers, FitTheNetwork) {
    const auto weights = initial_weights(published(), 1);
    ASSERT_EQ(weights.size(), published().tensors().size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Tensor& tensor = published().tensors()[i];
        EXPECT_EQ(weights[i].name, tensor.name);
        EXPECT_EQ(weights[i].shape, tensor.shape);
        ASSERT_EQ(weights[i].values.size(), tensor.elements);
        if (tensor.role != "kernel") {
            const bool one = tensor.role == "gamma" || tensor.role == "moving_variance";
            EXPECT_EQ(weights[i].values, std::vector<float>(tensor.elements, one ? 1.0F : 0.0F))
                << tensor.name;
        }
    }
}

// Variance 2 / fan_in after the cut; the estimate from n values is off by about sqrt(2/n).
TEST(Initializers, KernelsHaveTheVarianceOfTheirFanIn) {
    const auto weights = initial_weights(published(), 7);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (published().tensors()[i].role != "kernel") {
            continue;
        }
        const auto& shape = weights[i].shape;
        const double fan_in = static_cast<double>(shape[0] * shape[1] * shape[2]);
        const auto n = static_cast<double>(weights[i].values.size());
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (const float value : weights[i].values) {
            sum += value;
            squares += double{value} * value;
            largest = std::max(largest, std::abs(double{value}));
        }
        const double deviation = std::sqrt(2.0 / fan_in);
        EXPECT_LE(largest, 2 * deviation / 0.8796256610342398 * 1.000001) << weights[i].name;
        if (n > 200) {
            EXPECT_NEAR(squares / n, 2.0 / fan_in, 2.0 / fan_in * 5 * std::sqrt(2 / n))
                << weights[i].name;
            EXPECT_NEAR(sum / n, 0, 5 * deviation / std::sqrt(n)) << weights[i].name;
        }
    }
}

TEST(Initializers, DependOnSeedAndTensorAlone) {
    const auto weights = initial_weights(published(), 3);
    EXPECT_EQ(weights, initial_weights(published(), 3));
    EXPECT_NE(weights, initial_weights(published(), 4));
    const auto& first = weights[0].values;
    const auto& second = weights[6].values;
    EXPECT_FALSE(std::equal(first.begin(), first.end(), second.begin()));
}

}  // namespace
}  // namespace msunet::unet
