// SPDX-License-Identifier: Apache-2.0
/// \file
/// The CPU's kernels compared with ATen operators.

#include "msunet/model/fused_ops.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"

namespace msunet::model {
namespace {

constexpr std::int64_t samples = 3, channels = 64, side = 12;

at::Tensor image(std::int64_t c, std::int64_t size, at::ScalarType type) {
    return at::randn({samples, c, size, size}).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor blank(std::int64_t c, std::int64_t size, at::ScalarType type) {
    return at::zeros({samples, c, size, size}, type).contiguous(at::MemoryFormat::ChannelsLast);
}

Norm norm(at::ScalarType type) {
    const auto master = type == at::kDouble ? at::kDouble : at::kFloat;
    Norm n;
    n.gamma = at::randn({channels}, master);
    n.beta = at::randn({channels}, master);
    n.moving_mean = at::randn({channels}, master);
    n.moving_variance = at::randn({channels}, master).square();
    n.gamma_gradient = at::zeros({channels}, master);
    n.beta_gradient = at::zeros({channels}, master);
    n.sums = at::zeros({2, channels}, at::kDouble);
    n.mean = at::zeros({channels}, at::kDouble);
    n.inverse = at::zeros({channels}, at::kDouble);
    n.scale = at::zeros({channels}, master);
    n.shift = at::zeros({channels}, master);
    n.correction = at::zeros({2, channels}, master);
    return n;
}

Norm copy(const Norm& n) {
    Norm c = n;
    for (at::Tensor* t :
         {&c.gamma, &c.beta, &c.moving_mean, &c.moving_variance, &c.gamma_gradient,
          &c.beta_gradient, &c.sums, &c.mean, &c.inverse, &c.scale, &c.shift, &c.correction}) {
        *t = t->clone();
    }
    return c;
}

class FusedOpsTest : public testing::TestWithParam<at::ScalarType> {
protected:
    void expect_near(const at::Tensor& a, const at::Tensor& b, const char* what) const {
        const double scale = 1 + b.to(at::kDouble).abs().max().item<double>();
        const double difference =
            (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
        EXPECT_LE(difference, tolerance() * scale) << what;
    }
    [[nodiscard]] double tolerance() const {
        return GetParam() == at::kDouble ? 1e-12 : GetParam() == at::kFloat ? 2e-6 : 1e-2;
    }

    std::unique_ptr<FusedOps> cpu_ = make_cpu_fused_ops(), aten_ = make_aten_fused_ops();
};

TEST_P(FusedOpsTest, ForwardAndBackwardAgree) {
    const auto type = GetParam();
    for (const bool batch : {true, false}) {
        for (const bool pooling : {true, false}) {
            for (const bool dropping : {true, false}) {
                const at::Tensor z = image(channels, side, type);
                const std::int64_t whole = 2 * channels, offset = pooling ? 0 : channels;
                at::Tensor bits;
                if (dropping) {
                    bits = at::empty({samples, side * side * whole / 32}, at::kInt);
                    cpu_->dropout_mask(bits, DropoutRate(0.3), {9, 1}, 0, 4);
                }
                Norm a = norm(type);
                a.batch_statistics = batch;
                Norm b = copy(a);
                const std::int64_t count = samples * side * side;
                struct Run {
                    FusedOps& fused_ops;
                    Norm& norm;
                    at::Tensor out, pooled, index, z, bias;
                };
                std::vector<Run> runs;
                for (auto& [fused_ops, n] :
                     {std::pair(cpu_.get(), &a), std::pair(aten_.get(), &b)}) {
                    Run run{*fused_ops, *n, blank(whole, side, type), {}, {}, z.clone(), {}};
                    fused_ops->relu_sums(z, *n);
                    fused_ops->prepare_norm(*n, count);
                    Target target{.out = run.out,
                                  .offset = offset,
                                  .bits = bits,
                                  .keep_scale = dropping ? DropoutRate(0.3).keep_scale() : 1};
                    if (pooling) {
                        run.pooled = target.pooled = blank(channels, side / 2, type);
                        run.index = target.pool_index = blank(channels, side / 2, at::kByte);
                    }
                    fused_ops->norm_forward(z, *n, target);
                    runs.push_back(run);
                }
                expect_near(a.sums, b.sums, "sums");
                expect_near(a.moving_variance, b.moving_variance, "moving variance");
                expect_near(a.scale, b.scale, "scale");
                expect_near(runs[0].out, runs[1].out, "output");
                if (pooling) expect_near(runs[0].pooled, runs[1].pooled, "pooled");

                const at::Tensor dy = image(whole, side, type);
                const at::Tensor dp = image(channels, side / 2, type);
                for (auto& run : runs) {
                    Source source{.gradient = dy,
                                  .offset = offset,
                                  .bits = bits,
                                  .keep_scale = dropping ? DropoutRate(0.3).keep_scale() : 1};
                    if (pooling) {
                        source.pooled = dp;
                        source.pool_index = runs[0].index;
                    }
                    run.bias = at::zeros({channels}, run.norm.gamma.options());
                    run.fused_ops.norm_backward_sums(run.z, source, run.norm);
                    run.fused_ops.take_norm_gradients(run.norm);
                    run.fused_ops.prepare_norm_backward(run.norm, count);
                    run.fused_ops.norm_backward(run.z, source, run.norm, run.bias);
                }
                expect_near(a.gamma_gradient, b.gamma_gradient, "gamma");
                expect_near(a.beta_gradient, b.beta_gradient, "beta");
                expect_near(a.correction, b.correction, "correction");
                expect_near(runs[0].z, runs[1].z, "dz");
                expect_near(runs[0].bias, runs[1].bias, "bias");
            }
        }
    }
}

TEST_P(FusedOpsTest, FirstConvolutionsAgree) {
    const auto type = GetParam();
    const auto master = type == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor x = at::randn({samples, 1, side, side}).to(type);
    // Weights that are exact in bfloat16, to which ATen rounds them.
    const at::Tensor w = at::randn({channels, 3, 3, 1}).to(at::kBFloat16).to(master);
    const at::Tensor bias = at::randn({channels}).to(at::kBFloat16).to(master);
    Norm a = norm(type), b = norm(type);
    const at::Tensor za = cpu_->first_convolution(x, w, bias, a);
    const at::Tensor zb = aten_->first_convolution(x, w, bias, b);
    expect_near(za, zb, "output");
    EXPECT_TRUE(cpu_->sums_in_first_convolution());
    ASSERT_FALSE(aten_->sums_in_first_convolution());
    aten_->relu_sums(zb, b);
    expect_near(a.sums, b.sums, "sums");
    const at::Tensor dz = image(channels, side, type);
    const at::Tensor ga = at::zeros(w.sizes(), w.options()), gb = at::zeros(w.sizes(), w.options());
    cpu_->first_convolution_backward(x, dz, ga);
    aten_->first_convolution_backward(x, dz, gb);
    expect_near(ga, gb, "weights");
}

// Otherwise a channel without variance would be divided by the root of a rounding error.
TEST_P(FusedOpsTest, FirstConvolutionSumsAWideConstantChannelAsReluSumsDoes) {
    const auto master = GetParam() == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor x = at::randn({1, 1, 2, 1024}).to(GetParam());
    const at::Tensor w = at::zeros({channels, 3, 3, 1}, master);
    const at::Tensor bias = at::rand({channels}).to(at::kBFloat16).to(master);
    Norm found = norm(GetParam()), expected = norm(GetParam());
    cpu_->relu_sums(cpu_->first_convolution(x, w, bias, found), expected);
    EXPECT_TRUE(found.sums.equal(expected.sums));
    const at::Tensor mean = found.sums[0] / 2048, squares = found.sums[1] / 2048;
    EXPECT_TRUE(squares.equal(mean * mean));
}

TEST_P(FusedOpsTest, LastConvolutionsAgree) {
    const auto type = GetParam();
    const auto master = type == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor x = image(32, side, type), dz = image(2, side, type);
    const at::Tensor w = at::randn({2, 3, 3, 32}).to(at::kBFloat16).to(master);
    const at::Tensor bias = at::randn({2}).to(at::kBFloat16).to(master);
    expect_near(cpu_->last_convolution(x, w, bias), aten_->last_convolution(x, w, bias), "output");
    const at::Tensor ga = at::zeros(w.sizes(), w.options()), gb = at::zeros(w.sizes(), w.options());
    expect_near(cpu_->last_convolution_backward(x, dz, w, ga, true),
                aten_->last_convolution_backward(x, dz, w, gb, true), "input");
    expect_near(ga, gb, "weights");
    EXPECT_FALSE(cpu_->last_convolution_backward(x, dz, w, ga, false).defined());
    EXPECT_TRUE(cpu_->last_convolution_backward(x, dz, w, at::Tensor(), true).defined());
}

TEST_P(FusedOpsTest, KeepNan) {
    at::Tensor z = image(channels, side, GetParam());
    z.select(0, 1).select(0, 5).select(0, 3).fill_(std::nan(""));
    Norm n = norm(GetParam());
    n.batch_statistics = false;
    cpu_->prepare_norm(n, 0);
    const at::Tensor pooled = blank(channels, side / 2, GetParam());
    cpu_->norm_forward(z, n, {.out = z, .pooled = pooled});
    EXPECT_TRUE(z.isnan().any().item<bool>());
    EXPECT_TRUE(pooled.isnan().any().item<bool>());
    cpu_->relu_sums(z, n);
    EXPECT_TRUE(n.sums.isnan().any().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(Types, FusedOpsTest,
                         testing::Values(at::kFloat, at::kDouble, at::kBFloat16));

TEST(CpuFusedOps, RefuseOtherTypes) {
    const auto fused_ops = make_cpu_fused_ops();
    Norm n = norm(at::kFloat);
    const auto message = [&](auto operation) -> std::string {
        try {
            operation();
        } catch (const core::Error& error) {
            return error.what();
        }
        return "no error";
    };
    const at::Tensor half = image(channels, side, at::kHalf);
    EXPECT_EQ(
        message([&] { fused_ops->relu_sums(half, n); }),
        "there are no CPU kernels for tensors of type 'Half', use float32, float64 or bfloat16");
    const at::Tensor weights = at::zeros({2, 3, 3, 32}), bias = at::zeros({2});
    EXPECT_THROW(static_cast<void>(fused_ops->last_convolution(half, weights, bias)), core::Error);
    // Coefficients are never bfloat16.
    n.gamma = n.gamma.to(at::kBFloat16);
    for (const auto& operation : std::vector<std::function<void()>>{
             [&] { fused_ops->prepare_norm(n, 1); }, [&] { fused_ops->take_norm_gradients(n); },
             [&] { fused_ops->prepare_norm_backward(n, 1); }}) {
        EXPECT_EQ(message(operation),
                  "there are no CPU kernels for tensors of type 'BFloat16', use float32 or float64 "
                  "for master precision");
    }
}

}  // namespace
}  // namespace msunet::model
