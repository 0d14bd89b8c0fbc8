// SPDX-License-Identifier: Apache-2.0
// The autograd network on an architecture that it alone runs.

#include <ATen/Context.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>

#include "fixtures.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

/// The sum of logits × weights of one forward pass, under a fixed dropout mask.
double weighted_sum(Network& network, const at::Tensor& x, const at::Tensor& weights) {
    const StepContext context{.dropout = {7, 1}};
    return (network.forward(x, context) * weights).sum().item<double>();
}

class AutogradNetwork : public testing::TestWithParam<std::uint64_t> {};

TEST_P(AutogradNetwork, HasTheGradientOfItsOutput) {
    at::manual_seed(GetParam());
    const auto architecture = test::small_residual();
    const at::Tensor x = at::rand({3, 16, 16}), d = at::randn({3, 16, 16}, at::kDouble);
    for (const bool batch_statistics : {true, false}) {
        const auto network = make_autograd_network(
            {.architecture = architecture,
             .options = {.precision = Precision::float64, .batch_statistics = batch_statistics},
             .weights = unet::initial_weights(architecture, GetParam())});
        static_cast<void>(weighted_sum(*network, x, d));
        network->backward(d);
        auto& parameters = network->parameters();
        const at::Tensor gradient = parameters.gradients().clone();
        at::Tensor values = parameters.values();
        for (int i = 0; i < 5; ++i) {
            at::Tensor direction = at::randn({parameters.size()}, at::kDouble);
            direction /= direction.norm();
            // Small enough that hardly any ReLU or maximum changes sides.
            constexpr double step = 1e-7;
            values.add_(direction, step);
            const double above = weighted_sum(*network, x, d);
            values.add_(direction, -2 * step);
            const double below = weighted_sum(*network, x, d);
            values.add_(direction, step);
            const double slope = (gradient * direction).sum().item<double>();
            EXPECT_NEAR((above - below) / (2 * step), slope, 1e-5 * gradient.norm().item<double>());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AutogradNetwork, testing::Values(1, 2, 3));

TEST(AutogradNetworkInput, MayHaveSeveralChannels) {
    const unet::Architecture architecture({.name = "two channels",
                                           .blocks = {{.channels = 4}, {.channels = 8}},
                                           .input_channels = 2});
    const auto network = make_network(
        {.architecture = architecture, .weights = unet::initial_weights(architecture, 1)});
    at::Tensor x = at::rand({2, 2, 32, 32});
    const at::Tensor before = network->infer(x);
    EXPECT_EQ(before.sizes(), (std::vector<std::int64_t>{2, 32, 32}));
    x.select(1, 1).zero_();
    EXPECT_GT(test::largest_difference(network->infer(x), before), 1e-3);
}

}  // namespace
}  // namespace msunet::model
