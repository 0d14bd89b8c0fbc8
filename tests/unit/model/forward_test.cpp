// SPDX-License-Identifier: Apache-2.0
// Forward passes, loss and metrics against Keras.

#include <ATen/ops/sigmoid.h>
#include <ATen/ops/tensor.h>

#include "fixtures.hpp"
#include "msunet/model/metrics.hpp"

namespace msunet {
namespace {

using test::largest_difference;
using test::tensor;

struct Case {
    const char* name;
    test::Maker make;
    model::Precision precision;
};

class Forward : public testing::TestWithParam<Case> {};

TEST_P(Forward, InferenceEqualsKeras) {
    const auto fixture = test::fixture("forward");
    const auto network = test::start_network(GetParam().make, {.precision = GetParam().precision});
    const at::Tensor logits = network->infer(tensor(fixture.at("x")));
    EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("inference"))), 1e-5);
}

TEST_P(Forward, TrainingModeEqualsKeras) {
    const auto fixture = test::fixture("forward");
    const auto network =
        test::start_network(GetParam().make, {.precision = GetParam().precision, .dropout = 0});
    const at::Tensor logits = network->forward(tensor(fixture.at("x")), {});
    EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("training_float64"))),
              GetParam().precision == model::Precision::float64 ? 1e-9 : 3e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Forward,
    testing::Values(
        Case{"FusedFloat32", model::make_fused_network, model::Precision::float32},
        Case{"FusedFloat64", model::make_fused_network, model::Precision::float64},
        Case{"AutogradFloat32", model::make_autograd_network, model::Precision::float32},
        Case{"AutogradFloat64", model::make_autograd_network, model::Precision::float64}),
    [](const auto& each) { return each.param.name; });

TEST(Forward, Float64InferenceEqualsKerasInFloat64) {
    const auto fixture = test::fixture("forward");
    const at::Tensor x = tensor(fixture.at("x"));
    for (const test::Maker make : {model::make_fused_network, model::make_autograd_network}) {
        const auto network = test::start_network(make, {.precision = model::Precision::float64});
        EXPECT_LE(largest_difference(at::sigmoid(network->infer(x)),
                                     tensor(fixture.at("inference_float64"))),
                  1e-12);
    }
}

TEST(Forward, Bfloat16StaysNear) {
    const auto fixture = test::fixture("forward");
    for (const test::Maker make : {model::make_fused_network, model::make_autograd_network}) {
        const auto network = test::start_network(make, {.precision = model::Precision::bf16});
        const at::Tensor logits = network->infer(tensor(fixture.at("x")));
        EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("inference"))), 5e-2);
    }
}

TEST(Forward, LossAndMetricsEqualKeras) {
    const auto fixture = test::fixture("forward");
    const at::Tensor y = tensor(fixture.at("y")).to(at::kFloat);
    const at::Tensor p = tensor(fixture.at("inference")).to(at::kFloat);
    const model::Objective objective("dice_coef_loss", "linear");
    const at::Tensor weights = at::tensor({1.0F, 3.0F, 1.0F, 2.0F});
    const auto result = objective.evaluate(p, y, weights, 4, true);
    const auto expected = [&](const char* name) { return fixture.at(name).values; };
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(result.losses[static_cast<std::int64_t>(i)].item<double>(),
                    expected("loss_by_sample")[i], 1e-6);
    }
    const auto* sums = result.sums.data_ptr<double>();
    const model::BatchSums batch{.weighted_loss = sums[0],
                                 .loss = sums[1],
                                 .intersection = sums[2],
                                 .truth = sums[3],
                                 .prediction = sums[4]};
    EXPECT_NEAR(batch.weighted_loss / 4, expected("loss_weighted_1_3_1_2")[0], 1e-6);
    EXPECT_NEAR(batch.loss / 4, expected("loss")[0], 1e-6);
    EXPECT_NEAR(model::dice_coef(batch), expected("dice_coef")[0], 1e-6);
    EXPECT_NEAR(model::jaccard_similarity(batch), expected("jaccard_similarity")[0], 1e-6);
}

}  // namespace
}  // namespace msunet
