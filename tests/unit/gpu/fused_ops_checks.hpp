// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares the GPU's fused operations with the CPU's: on the host in a unit test, on a GPU where
/// there is one.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "msunet/model/fused_ops.hpp"

namespace msunet::test {

constexpr std::int64_t samples = 3, channels = 64;

/// The type of weights and of sums beside tensors of `type`.
inline at::ScalarType master_of(at::ScalarType type) {
    return type == at::kDouble ? at::kDouble : at::kFloat;
}

inline double tolerance(at::ScalarType type) {
    return type == at::kDouble ? 1e-12 : type == at::kFloat ? 2e-6 : 1e-2;
}

/// `magnitude`: that of the terms of which `b` is the sum; 0: that of `b`.
inline void expect_near(const at::Tensor& a, const at::Tensor& b, at::ScalarType type,
                        const std::string& what, double magnitude = 0) {
    const auto wide = [](const at::Tensor& t) { return t.to(at::kCPU, at::kDouble); };
    const double scale = 1 + std::max(magnitude, wide(b).abs().max().item<double>());
    EXPECT_LE((wide(a) - wide(b)).abs().max().item<double>(), tolerance(type) * scale) << what;
}

inline at::Tensor image(std::int64_t c, std::int64_t side, at::ScalarType type) {
    return at::randn({samples, c, side, side}).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

inline at::Tensor blank(std::int64_t c, std::int64_t side, const at::TensorOptions& options) {
    return at::zeros({samples, c, side, side}, options).contiguous(at::MemoryFormat::ChannelsLast);
}

inline model::Norm random_norm(at::ScalarType type, std::int64_t channels = test::channels) {
    const auto master = master_of(type);
    return {.gamma = at::randn({channels}, master),
            .beta = at::randn({channels}, master),
            .moving_mean = at::randn({channels}, master),
            .moving_variance = at::randn({channels}, master).square(),
            .gamma_gradient = at::zeros({channels}, master),
            .beta_gradient = at::zeros({channels}, master),
            .sums = at::zeros({2, channels}, at::kDouble),
            .mean = at::zeros({channels}, at::kDouble),
            .inverse = at::zeros({channels}, at::kDouble),
            .scale = at::zeros({channels}, master),
            .shift = at::zeros({channels}, master),
            .correction = at::zeros({2, channels}, master)};
}

inline model::Norm copy_to(const model::Norm& norm, at::Device device) {
    model::Norm copy = norm;
    for (at::Tensor* t : {&copy.gamma, &copy.beta, &copy.moving_mean, &copy.moving_variance,
                          &copy.gamma_gradient, &copy.beta_gradient, &copy.sums, &copy.mean,
                          &copy.inverse, &copy.scale, &copy.shift, &copy.correction, &copy.bias}) {
        if (t->defined()) *t = t->to(device, t->scalar_type(), false, true);
    }
    return copy;
}

/// A variant of a stage.
struct Case {
    bool batch_statistics, pooling, dropout;
    std::int64_t side;
    std::int64_t channels = test::channels;
    bool bias = false;    ///< added by the fused operations
    bool joined = false;  ///< sums and what follows from them by one call
    bool frozen = false;  ///< gamma and beta have no gradients
};

/// The results of a stage, forward and backward.
struct StageRun {
    model::Norm norm;
    at::Tensor out{}, pooled{}, index{}, dz{}, bias{};
};

/// Copies `z`, `dy` (of twice the channels), `dp` and `bits` to the device. Without `index`,
/// backward uses the one of forward.
inline StageRun run_stage(model::FusedOps& fused_ops, at::Device device, const Case& c,
                          const model::Norm& norm, const at::Tensor& z, const at::Tensor& dy,
                          const at::Tensor& dp, const at::Tensor& bits, const at::Tensor& index) {
    const auto there = [&](const at::Tensor& t) {
        return t.defined() ? t.to(device, t.scalar_type(), false, true) : t;
    };
    const auto options = z.options().device(device);
    const std::int64_t channels = c.channels, offset = c.pooling ? 0 : channels;
    const double keep_scale = model::DropoutRate(0.3).keep_scale();
    StageRun run{.norm = copy_to(norm, device)};
    run.norm.batch_statistics = c.batch_statistics;
    run.dz = there(z);
    run.out = blank(2 * channels, c.side, options);
    run.bias = at::zeros({channels}, run.norm.gamma.options());
    const at::Tensor mask = there(bits);
    model::Target target{.out = run.out, .offset = offset, .bits = mask, .keep_scale = keep_scale};
    if (c.pooling) {
        target.pooled = run.pooled = blank(channels, c.side / 2, options);
        target.pool_index = run.index = blank(channels, c.side / 2, options.dtype(at::kByte));
    }
    const std::int64_t count = samples * c.side * c.side;
    if (c.joined) {
        fused_ops.norm_statistics(run.dz, run.norm, count);
    } else {
        fused_ops.relu_sums(run.dz, run.norm);
        fused_ops.prepare_norm(run.norm, count);
    }
    fused_ops.norm_forward(run.dz, run.norm, target);
    model::Source source{
        .gradient = there(dy), .offset = offset, .bits = mask, .keep_scale = keep_scale};
    if (c.pooling) {
        source.pooled = there(dp);
        source.pool_index = index.defined() ? there(index) : run.index;
    }
    if (c.joined) {
        fused_ops.norm_backward_statistics(run.dz, source, run.norm, count);
    } else {
        fused_ops.norm_backward_sums(run.dz, source, run.norm);
        if (!c.frozen) fused_ops.take_norm_gradients(run.norm);
        fused_ops.prepare_norm_backward(run.norm, count);
    }
    fused_ops.norm_backward(run.dz, source, run.norm, run.bias);
    return run;
}

/// `fused_ops` on `device` agree with the CPU's, and with ATen's where they add a bias. At 64
/// pixels, threads process several pixels each.
inline void expect_fused_ops_like_cpu(model::FusedOps& fused_ops, at::Device device,
                                      at::ScalarType type) {
    const auto cpu = model::make_cpu_fused_ops(), aten = model::make_aten_fused_ops();
    for (const Case c :
         {Case{true, true, true, 64}, Case{true, true, false, 12}, Case{true, false, true, 12},
          Case{true, false, false, 64}, Case{false, true, true, 12}, Case{false, false, false, 12},
          Case{true, true, true, 12, 32, true, true}, Case{true, false, true, 64, 96, true, true},
          Case{true, false, false, 12, 256, false, true},
          Case{false, true, false, 12, 64, true, true}, Case{true, true, true, 12, 64, true, false},
          Case{false, false, true, 12, 96, true, false},
          Case{true, true, true, 12, 64, true, true, true},
          Case{false, false, true, 12, 64, false, true, true},
          Case{true, false, false, 12, 32, false, false, true}}) {
        const std::int64_t channels = c.channels;
        SCOPED_TRACE(testing::Message()
                     << "batch " << c.batch_statistics << " pooling " << c.pooling << " dropout "
                     << c.dropout << " channels " << channels << " bias " << c.bias << " joined "
                     << c.joined << " frozen " << c.frozen);
        const at::Tensor z = image(channels, c.side, type), dy = image(2 * channels, c.side, type),
                         dp = image(channels, c.side / 2, type);
        at::Tensor bits;
        if (c.dropout) {
            bits = at::empty({samples, c.side * c.side * 2 * channels / 32}, at::kInt);
            cpu->dropout_mask(bits, model::DropoutRate(0.3), {9, 1}, 0, 4);
        }
        model::Norm norm = random_norm(type, channels);
        if (c.bias) norm.bias = at::randn({channels}, norm.gamma.options());
        if (c.frozen) norm.gamma_gradient = norm.beta_gradient = at::Tensor();
        const StageRun want =
            run_stage(c.bias ? *aten : *cpu, at::kCPU, c, norm, z, dy, dp, bits, {});
        // With the CPU's index: of pixels that are equal but for rounding, another can be the
        // largest.
        const StageRun got = run_stage(fused_ops, device, c, norm, z, dy, dp, bits, want.index);
        // Of terms around 1 with both signs, which are added in the type of arithmetic.
        const double summed = static_cast<double>(samples * c.side * c.side);
        const auto wide = norm.gamma.scalar_type();
        expect_near(got.norm.sums, want.norm.sums, wide, "sums", summed);
        expect_near(got.norm.moving_mean, want.norm.moving_mean, type, "moving mean");
        expect_near(got.norm.moving_variance, want.norm.moving_variance, type, "moving variance");
        expect_near(got.norm.scale, want.norm.scale, type, "scale");
        expect_near(got.norm.shift, want.norm.shift, type, "shift");
        if (!c.frozen) {
            expect_near(got.norm.gamma_gradient, want.norm.gamma_gradient, wide, "gamma", summed);
            expect_near(got.norm.beta_gradient, want.norm.beta_gradient, wide, "beta", summed);
        }
        expect_near(got.norm.correction, want.norm.correction, type, "correction");
        expect_near(got.out, want.out, type, "output");
        expect_near(got.dz, want.dz, type, "dz");
        const double terms = want.dz.to(at::kDouble).abs().sum({0, 2, 3}).max().item<double>();
        expect_near(got.bias, want.bias, type, "bias", terms);
        if (!c.pooling) continue;
        expect_near(got.pooled, want.pooled, type, "pooled");
        const double other = (got.index.cpu() != want.index).sum().item<double>();
        EXPECT_LE(other, 1e-3 * static_cast<double>(want.index.numel())) << "pooled index";
    }
}

/// The first convolution, forward and backward. libtorch computes in master precision: how it
/// rounds bfloat16 in between depends on the processor.
inline void expect_first_convolution_like_aten(model::FusedOps& fused_ops, at::Device device,
                                               at::ScalarType type) {
    const auto aten = model::make_aten_fused_ops();
    for (const auto& [side, channels, with_bias] :
         {std::tuple{64, 32, true}, std::tuple{6, 32, false}, std::tuple{12, 96, true}}) {
        SCOPED_TRACE(testing::Message() << side << " pixels, channels " << channels);
        const at::Tensor x = image(1, side, type);
        model::Norm norm = random_norm(type, channels);
        const auto wide = norm.gamma.scalar_type();
        const at::Tensor weights = at::randn({channels, 3, 3, 1}, wide);
        const at::Tensor bias = at::randn({channels}, wide);
        if (!with_bias) norm.bias = bias;
        model::Norm there = copy_to(norm, device);
        const auto moved = [&](const at::Tensor& t) { return t.to(device); };
        ASSERT_TRUE(fused_ops.sums_in_first_convolution());
        const at::Tensor z =
            fused_ops.first_convolution(moved(x), moved(weights), moved(bias), there);
        EXPECT_TRUE(z.is_contiguous(at::MemoryFormat::ChannelsLast));
        expect_near(z, aten->first_convolution(x.to(wide), weights, bias, norm), type, "output");
        aten->relu_sums(z.cpu(), norm);
        const auto summed = static_cast<double>(samples * side * side);
        expect_near(there.sums, norm.sums, wide, "sums", summed);
        const at::Tensor dz = image(channels, side, type);
        at::Tensor want = at::zeros_like(weights), got = at::zeros_like(moved(weights));
        aten->first_convolution_backward(x.to(wide), dz.to(wide), want);
        fused_ops.first_convolution_backward(moved(x), moved(dz), got);
        expect_near(got, want, type, "gradient", summed);
    }
}

/// The last convolution, forward and backward, by libtorch in master precision.
inline void expect_last_convolution_like_aten(model::FusedOps& fused_ops, at::Device device,
                                              at::ScalarType type) {
    const auto aten = model::make_aten_fused_ops();
    for (const auto& [side, with_input] :
         {std::pair{64, true}, std::pair{6, true}, std::pair{12, false}}) {
        SCOPED_TRACE(testing::Message() << side << " pixels");
        const at::Tensor x = image(32, side, type), dz = image(2, side, type);
        const auto wide = master_of(type);
        const at::Tensor weights = at::randn({2, 3, 3, 32}, wide), bias = at::randn({2}, wide);
        const auto moved = [&](const at::Tensor& t) { return t.to(device); };
        const at::Tensor z = fused_ops.last_convolution(moved(x), moved(weights), moved(bias));
        EXPECT_TRUE(z.is_contiguous(at::MemoryFormat::ChannelsLast));
        expect_near(z, aten->last_convolution(x.to(wide), weights, bias), type, "output");
        at::Tensor want, got;
        if (with_input) {
            want = at::zeros_like(weights);
            got = at::zeros_like(moved(weights));
        }
        const at::Tensor dx = fused_ops.last_convolution_backward(moved(x), moved(dz),
                                                                  moved(weights), got, with_input);
        const at::Tensor expected =
            aten->last_convolution_backward(x.to(wide), dz.to(wide), weights, want, with_input);
        ASSERT_EQ(dx.defined(), with_input);
        if (!with_input) continue;
        EXPECT_TRUE(dx.is_contiguous(at::MemoryFormat::ChannelsLast));
        expect_near(dx, expected, type, "input");
        expect_near(got, want, type, "gradient", static_cast<double>(samples * side * side));
    }
}

/// More gradients than one kernel takes, of several sizes.
inline void expect_gradients_to_be_taken(model::FusedOps& fused_ops, at::Device device,
                                         at::ScalarType type) {
    const auto master = master_of(type);
    std::vector<model::KernelGradient> gradients;
    for (std::int64_t i = 0; i < 40; ++i) {
        // As libraries make them: (cout,cin,kh,kw), channels-last or not.
        at::Tensor made = at::randn({32, 32 * (i % 3 + 1), 3, 3}).to(device, type);
        if (i % 2 == 0) made = made.contiguous(at::MemoryFormat::ChannelsLast);
        const at::Tensor from = made.permute({0, 2, 3, 1});
        gradients.push_back({from, at::zeros(from.sizes(), from.options().dtype(master))});
    }
    fused_ops.take_kernel_gradients(gradients);
    for (const auto& [from, to] : gradients) EXPECT_TRUE(to.equal(from.to(master)));
    fused_ops.take_kernel_gradients({});
}

/// Masks of `fused_ops` for a `step` in device memory equal the CPU's bit for bit.
inline void expect_masks_like_cpu(model::FusedOps& fused_ops, at::Device device,
                                  std::uint32_t step) {
    for (const double rate : {0.5, 0.3, 0.9}) {
        const std::int64_t words = 4 * 133;
        const std::uint64_t key = model::dropout_key(3, 17);
        at::Tensor want = at::empty({samples, words}, at::kInt);
        at::Tensor got = at::empty({samples, words}, want.options().device(device));
        model::make_cpu_fused_ops()->dropout_mask(want, model::DropoutRate(rate), {key, step}, 2,
                                                  5);
        fused_ops.dropout_mask(got, model::DropoutRate(rate), {key, 0}, 2, 5);
        EXPECT_TRUE(got.cpu().equal(want)) << rate;
    }
}

}  // namespace msunet::test
