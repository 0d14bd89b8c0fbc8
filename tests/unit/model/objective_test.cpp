// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/objective.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

/// Σ w·loss / 3.
double total(const Objective& objective, const at::Tensor& x, const at::Tensor& t,
             const at::Tensor& w) {
    return objective.evaluate(x, t, w, 3, false).sums[0].item<double>() / 3;
}

TEST(Objective, GradientsAreDerivatives) {
    const at::Tensor t = (at::rand({3, 4, 5}, at::kDouble) > 0.5).to(at::kDouble);
    const at::Tensor w = at::tensor({1.0, 3.0, 0.5}, at::kDouble);
    for (const auto activation : unet::activation_names()) {
        for (const auto loss : unet::loss_names()) {
            // With one channel its derivative is 0 except for lengths below 1e-6.
            if (loss == "cosine_similarity") continue;
            const Objective objective(loss, activation);
            // Away from the corners of hard_sigmoid, relu and hinge.
            at::Tensor x = at::randn({3, 4, 5}, at::kDouble) * 1.5;
            x = x + 0.01 * x.sign();
            // Poisson's logarithm is defined for positive predictions only.
            if (loss == "poisson") x = x.abs();
            const at::Tensor gradient = objective.evaluate(x, t, w, 3, true).gradient;
            ASSERT_EQ(gradient.sizes(), x.sizes());
            for (const auto& [i, j, k] : {std::tuple(0, 1, 2), {1, 3, 4}, {2, 0, 0}, {1, 1, 1}}) {
                const double h = 1e-6;
                at::Tensor up = x.clone(), down = x.clone();
                up[i][j][k] += h;
                down[i][j][k] -= h;
                const double expected =
                    (total(objective, up, t, w) - total(objective, down, t, w)) / (2 * h);
                const double scale = std::max(1.0, std::abs(total(objective, x, t, w)));
                ASSERT_FALSE(std::isnan(expected)) << loss << " on " << activation;
                EXPECT_NEAR(gradient[i][j][k].item<double>(), expected, 2e-6 * scale)
                    << loss << " on " << activation;
            }
        }
    }
}

TEST(Objective, PoissonOfANegativePredictionIsNan) {
    const Objective objective("poisson", "linear");
    const at::Tensor p = at::tensor({0.5, -0.5}, at::kDouble).view({1, 1, 2});
    const auto loss = [&](const at::Tensor& prediction) {
        return objective
            .evaluate(prediction, at::zeros({1, 1, 2}, at::kDouble), at::tensor({1.0}, at::kDouble),
                      1, false)
            .losses.item<double>();
    };
    EXPECT_TRUE(std::isnan(loss(p)));
    EXPECT_FALSE(std::isnan(loss(p.abs())));
}

TEST(Objective, CosineSimilarityHasNoGradient) {
    const Objective objective("cosine_similarity", "sigmoid");
    const at::Tensor t = at::tensor({1.0, 0.0, 1.0, 1.0}).view({1, 2, 2});
    const auto result = objective.evaluate(at::randn({1, 2, 2}), t, at::tensor({1.0}), 1, true);
    EXPECT_NEAR(result.losses.item<double>(), -0.75, 1e-6);
    EXPECT_EQ(result.gradient.abs().max().item<double>(), 0);
}

TEST(Objective, AliasesAndUnknownNames) {
    EXPECT_NO_THROW(Objective("bce", "silu"));
    EXPECT_THROW(Objective("categorical_crossentropy", "sigmoid"), core::UsageError);
    EXPECT_THROW(Objective("mse", "sigmod"), core::UsageError);
}

TEST(Objective, EmptyPartsAddNothing) {
    const Objective objective("dice_coef_loss", "sigmoid");
    const auto result =
        objective.evaluate(at::zeros({0, 4, 4}), at::zeros({0, 4, 4}), at::zeros({0}), 7, true);
    EXPECT_EQ(result.sums.abs().max().item<double>(), 0);
    EXPECT_EQ(result.gradient.size(0), 0);
}

TEST(Objective, EmptyMasksHaveLossOne) {
    const Objective objective("dice_coef_loss", "linear");
    const at::Tensor p = at::tensor({0.5, 0.5, 0.5, 0.5}, at::kDouble).view({1, 2, 2});
    const auto result = objective.evaluate(p, at::zeros({1, 2, 2}, at::kDouble),
                                           at::tensor({1.0}, at::kDouble), 1, false);
    EXPECT_NEAR(result.losses.item<double>(), 1 - 1e-7 / (2 + 1e-7), 1e-15);
}

}  // namespace
}  // namespace msunet::model
