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
    SKIP_WITHOUT_REFERENCE();
    const auto fixture = test::fixture("train");
    const auto network = test::start_network(GetParam().make, {.precision = GetParam().precision});
    const at::Tensor logits = network->infer(tensor(fixture.at("fwd_in")));
    EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("fwd_infer"))), 1e-6);
}

TEST_P(Forward, TrainingModeEqualsKeras) {
    SKIP_WITHOUT_REFERENCE();
    const auto fixture = test::fixture("train");
    const auto network =
        test::start_network(GetParam().make, {.precision = GetParam().precision, .dropout = 0});
    const at::Tensor logits = network->forward(tensor(fixture.at("fwd_in")), {});
    EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("fwd_train"))), 1e-3);
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
    SKIP_WITHOUT_REFERENCE();
    const auto x = tensor(test::fixture("train").at("fwd_in"));
    const auto fixture = test::fixture("f64");
    for (const test::Maker make : {model::make_fused_network, model::make_autograd_network}) {
        const auto network = test::start_network(make, {.precision = model::Precision::float64});
        EXPECT_LE(largest_difference(at::sigmoid(network->infer(x)),
                                     tensor(fixture.at("g_float64_pred_infer"))),
                  1e-12);
    }
}

TEST(Forward, Bfloat16StaysNear) {
    SKIP_WITHOUT_REFERENCE();
    const auto fixture = test::fixture("train");
    for (const test::Maker make : {model::make_fused_network, model::make_autograd_network}) {
        const auto network = test::start_network(make, {.precision = model::Precision::bf16});
        const at::Tensor logits = network->infer(tensor(fixture.at("fwd_in")));
        EXPECT_LE(largest_difference(at::sigmoid(logits), tensor(fixture.at("fwd_infer"))), 2e-2);
    }
}

TEST(Forward, LossAndMetricsEqualKeras) {
    SKIP_WITHOUT_REFERENCE();
    const auto fixture = test::fixture("train");
    const at::Tensor y = tensor(fixture.at("loss_true")).to(at::kFloat);
    const at::Tensor p = tensor(fixture.at("fwd_infer")).to(at::kFloat);
    const model::Objective objective("dice_coef_loss", "linear");
    const at::Tensor weights = at::tensor({1.0F, 3.0F, 1.0F, 2.0F});
    const auto result = objective.evaluate(p, y, weights, 4, true);
    const double losses[] = {.8178842, .9057222, .7138860, .7309993};
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(result.losses[i].item<double>(), losses[i], 1e-6);
    const auto* sums = result.sums.const_data_ptr<double>();
    const model::BatchSums batch{.weighted_loss = sums[0],
                                 .loss = sums[1],
                                 .intersection = sums[2],
                                 .truth = sums[3],
                                 .prediction = sums[4]};
    EXPECT_NEAR(batch.weighted_loss / 4, 1.4277339, 1e-6);
    EXPECT_NEAR(batch.loss / 4, .7921231, 1e-6);
    EXPECT_NEAR(model::dice_coef(batch), .2149980, 1e-6);
    EXPECT_NEAR(model::jaccard_similarity(batch), .1204469, 1e-6);
}

}  // namespace
}  // namespace msunet
