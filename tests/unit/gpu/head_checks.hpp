// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares the GPU's head and loss with libtorch's operators on the CPU: on the host in a unit
/// test, on a GPU where there is one.
#pragma once

#include <ATen/ops/bernoulli.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "gpu/loss_kernels.hpp"
#include "msunet/model/fused_ops.hpp"
#include "msunet/model/objective.hpp"
#include "unit/gpu/fused_ops_checks.hpp"

namespace msunet::test {

/// Random weights; with `trains` gradients of 7.
inline model::HeadWeights random_head(at::ScalarType type, bool trains) {
    const auto master = at::TensorOptions(master_of(type));
    model::HeadWeights weights{.score = at::randn({1, 1, 1, 2}, master),
                               .score_bias = at::randn({1}, master)};
    if (trains) {
        weights.score_gradient = at::full({1, 1, 1, 2}, 7, master);
        weights.score_bias_gradient = at::full({1}, 7, master);
        weights.bias_gradient = at::full({2}, 7, master);
    }
    return weights;
}

inline model::HeadWeights copy_to(const model::HeadWeights& weights, at::Device device) {
    model::HeadWeights copy = weights;
    for (at::Tensor* t : {&copy.score, &copy.score_bias, &copy.score_gradient,
                          &copy.score_bias_gradient, &copy.bias_gradient}) {
        if (t->defined()) *t = t->to(device, t->scalar_type(), false, true);
    }
    return copy;
}

/// The results of the head, forward and backward.
struct HeadRun {
    model::HeadWeights weights;
    at::Tensor logits{}, dz{};
};

inline HeadRun run_head(model::FusedOps& fused_ops, at::Device device,
                        const model::HeadWeights& weights, const at::Tensor& z, const at::Tensor& d,
                        bool with_input) {
    HeadRun run{copy_to(weights, device)};
    at::Tensor output = z.to(device, z.scalar_type(), false, true);
    run.logits = fused_ops.head_forward(output, run.weights);
    run.dz = fused_ops.head_backward(output, d.to(device), run.weights, with_input);
    return run;
}

/// At 64 pixels, threads process several pixels each.
inline void expect_head_like_aten(model::FusedOps& fused_ops, at::Device device,
                                  at::ScalarType type) {
    const auto aten = model::make_aten_fused_ops();
    for (const std::int64_t side : {64, 6}) {
        for (const bool trains : {true, false}) {
            SCOPED_TRACE(testing::Message() << side << " trains " << trains);
            const at::Tensor z = image(2, side, type);
            const at::Tensor d = at::randn({samples, side, side}, master_of(type));
            const auto weights = random_head(type, trains);
            const bool with_input = trains || side == 6;
            const HeadRun want = run_head(*aten, at::kCPU, weights, z, d, with_input);
            const HeadRun got = run_head(fused_ops, device, weights, z, d, with_input);
            expect_near(got.logits, want.logits, type, "logits");
            EXPECT_EQ(got.dz.defined(), want.dz.defined());
            if (with_input) expect_near(got.dz, want.dz, type, "dz");
            if (!trains) continue;
            // Of terms around 1 with both signs.
            const auto terms = static_cast<double>(d.numel());
            expect_near(got.weights.score_gradient, want.weights.score_gradient, type, "score",
                        terms);
            expect_near(got.weights.score_bias_gradient, want.weights.score_bias_gradient, type,
                        "bias of score", terms);
            expect_near(got.weights.bias_gradient, want.weights.bias_gradient, type, "bias", terms);
            EXPECT_NE(got.weights.bias_gradient[0].item<double>(), 7);
        }
    }
}

/// Without samples the gradients are 0.
inline void expect_head_of_nothing(model::FusedOps& fused_ops, at::Device device,
                                   at::ScalarType type) {
    const at::Tensor z = at::zeros({0, 2, 8, 8}, type);
    const at::Tensor d = at::zeros({0, 8, 8}, master_of(type));
    const HeadRun run = run_head(fused_ops, device, random_head(type, true), z, d, true);
    EXPECT_EQ(run.logits.numel(), 0);
    EXPECT_EQ(run.weights.score_gradient.abs().sum().item<double>(), 0);
    EXPECT_EQ(run.weights.score_bias_gradient.abs().sum().item<double>(), 0);
    EXPECT_EQ(run.weights.bias_gradient.abs().sum().item<double>(), 0);
}

/// Samples on which the losses are compared.
struct LossCase {
    at::Tensor logits, targets, weights;
};

/// Logits up to ±100, where sigmoid is 0 or 1; one sample without a mask.
inline LossCase loss_case(at::ScalarType type, std::int64_t count, std::int64_t side) {
    const auto master = master_of(type);
    LossCase c{.logits = 3 * at::randn({count, side, side}, master),
               .targets = at::bernoulli(at::full({count, side, side}, 0.3, master)),
               .weights = at::rand({count}, master) + 0.5};
    c.logits.view({-1})[0] = 100;
    c.logits.view({-1})[1] = -100;
    c.targets[0].fill_(0);
    return c;
}

inline constexpr std::pair<std::string_view, model::SigmoidLoss> sigmoid_losses[] = {
    {"dice_coef_loss", model::SigmoidLoss::dice},
    {"binary_crossentropy", model::SigmoidLoss::binary_crossentropy},
    {"binary_focal_crossentropy", model::SigmoidLoss::binary_focal_crossentropy}};

/// For kernels of the element type `type`. At 80 pixels a sample has several blocks.
inline void expect_loss_like_objective(const std::shared_ptr<const gpu::KernelLauncher>& kernels,
                                       at::Device device, at::ScalarType type) {
    const auto master = master_of(type);
    for (const auto& [name, kind] : sigmoid_losses) {
        const model::Objective objective(name, "sigmoid");
        ASSERT_EQ(objective.sigmoid_loss(), kind);
        const gpu::LossKernels loss(kernels, kind, device);
        for (const auto& [count, side] : {std::pair{3, 80}, std::pair{300, 4}, std::pair{1, 2}}) {
            SCOPED_TRACE(testing::Message() << name << " of " << count << " × " << side);
            const LossCase c = loss_case(type, count, side);
            const std::int64_t global = count + 2;
            const auto want = objective.evaluate(c.logits, c.targets, c.weights, global, true);
            const auto there = [&](const at::Tensor& t) { return t.to(device); };
            const at::Tensor sums = at::full({5}, 7, at::TensorOptions(device).dtype(at::kDouble));
            const auto evaluate = [&](bool with_gradient) {
                return loss.evaluate(there(c.logits), there(c.targets), there(c.weights), global,
                                     sums, with_gradient);
            };
            const at::Tensor gradient = evaluate(true);
            expect_near(sums, want.sums, master, "sums");
            // Of the gradients, which are as small as a batch has pixels.
            const double scale = static_cast<double>(c.logits.numel());
            ASSERT_EQ(gradient.sizes(), c.logits.sizes());
            expect_near(gradient * scale, want.gradient * scale, master, "gradient");
            const at::Tensor first = sums.clone();
            EXPECT_FALSE(evaluate(false).defined());
            EXPECT_TRUE(sums.equal(first)) << "without the gradient";
        }
    }
}

}  // namespace msunet::test
