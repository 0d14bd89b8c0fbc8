// SPDX-License-Identifier: Apache-2.0
// Our own gradient of a convolution's weights against ATen's in float64.

#include "model/weights_gradient.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <limits>
#include <tuple>

namespace msunet::model {
namespace {

at::Tensor image(std::int64_t n, std::int64_t channels, std::int64_t height, std::int64_t width) {
    return at::randn({n, channels, height, width}).contiguous(at::MemoryFormat::ChannelsLast);
}

const kernels::WeightsGradient& kernel() { return *kernels::kernels_avx2().weights_gradient; }

struct Shape {
    std::int64_t images, in, out, height, width;
};

class WeightsGradientTest : public testing::TestWithParam<std::tuple<Shape, int>> {
protected:
    void SetUp() override {
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
            GTEST_SKIP() << "this processor has no AVX2";
        }
        threads_ = at::get_num_threads();
        at::set_num_threads(std::get<int>(GetParam()));
    }
    void TearDown() override {
        if (threads_ > 0) at::set_num_threads(threads_);
    }

    int threads_ = 0;
};

TEST_P(WeightsGradientTest, EqualsTheLibrary) {
    const Shape s = std::get<Shape>(GetParam());
    const auto x = image(s.images, s.in, s.height, s.width);
    const auto dz = image(s.images, s.out, s.height, s.width);
    const auto weights = at::randn({s.out, s.in, 3, 3}, at::kDouble);
    const auto expected = std::get<1>(at::convolution_backward(
        dz.to(at::kDouble), x.to(at::kDouble), weights, at::OptionalIntArrayRef(), {1, 1}, {1, 1},
        {1, 1}, false, {0, 0}, 1, {false, true, false}));
    // What was there before must not matter.
    const auto found = at::full({s.out, 3, 3, s.in}, std::numeric_limits<float>::quiet_NaN());
    write_weights_gradient(kernel(), x, dz, found);
    const auto difference = found.to(at::kDouble) - expected.permute({0, 2, 3, 1});
    EXPECT_LT(difference.norm().item<double>(), 1e-6 * expected.norm().item<double>());
    const auto again = at::full(found.sizes(), 7.0F);
    write_weights_gradient(kernel(), x, dz, again);
    EXPECT_TRUE(found.equal(again));
}

// Several images a band, the last one short; one image a band; several bands an image, the last one
// short; rows longer than a band.
INSTANTIATE_TEST_SUITE_P(
    Shapes, WeightsGradientTest,
    testing::Combine(testing::Values(Shape{70, 8, 4, 2, 2}, Shape{5, 96, 128, 6, 6},
                                     Shape{2, 32, 64, 16, 16}, Shape{3, 64, 32, 21, 20},
                                     Shape{1, 16, 8, 3, 300}),
                     testing::Values(1, 2, 3)));

TEST(WeightsGradient, LeavesOtherCasesToTheLibrary) {
    const auto x = image(2, 32, 8, 8), dz = image(2, 32, 8, 8);
    const auto result = at::full({32, 3, 3, 32}, 7.0F);
    const auto refused = [](const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
        return !write_weights_gradient(a, b, c);
    };
    EXPECT_TRUE(refused(x.to(at::kDouble), dz.to(at::kDouble), result));
    EXPECT_TRUE(refused(x.to(at::kBFloat16), dz.to(at::kBFloat16), result));
    EXPECT_TRUE(refused(x, image(2, 2, 8, 8), result)) << "two output channels";
    EXPECT_TRUE(refused(x, image(2, 32, 16, 16), result)) << "a convolution that doubles the size";
    EXPECT_TRUE(refused(x.contiguous(), dz, result)) << "channels first";
    EXPECT_TRUE(refused(x, dz, at::full({32, 1, 1, 32}, 7.0F))) << "one weight a channel";
    EXPECT_TRUE((result == 7).all().item<bool>());
    // And takes its own where it is the processor's.
    EXPECT_EQ(write_weights_gradient(x, dz, result),
              kernels::kernels().weights_gradient != nullptr);
}

}  // namespace
}  // namespace msunet::model
