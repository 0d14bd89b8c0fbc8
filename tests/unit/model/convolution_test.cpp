// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which convolutions are ours and which are ATen's.

#include "model/convolution.hpp"

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

#include "convolution_definition.hpp"
#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"

namespace msunet::model {
namespace {

TEST(Convolution, IsOursWhereTheProcessorSupportsIt) {
    Convolution convolution{
        .kind = ConvolutionKind::up, .kernel = at::zeros({32, 2, 2, 64}), .bias = at::zeros({32})};
    const auto is_ours = [&](at::ScalarType type) {
        convolution.refresh(type);
        return !convolution.weights.defined();
    };
    const auto& used = kernels::kernels();
    EXPECT_EQ(is_ours(at::kFloat), used.float32_winograds != nullptr);
    EXPECT_EQ(is_ours(at::kBFloat16),
              used.tile_convolutions != nullptr || used.bfloat16_winograds != nullptr);
    EXPECT_FALSE(is_ours(at::kDouble));
}

// Whoever computes it.
TEST(Convolution, EqualsTheDefinitionForOddImages) {
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        Convolution convolution{.kernel = at::randn({32, 3, 3, 64}), .bias = at::randn({32})};
        convolution.kernel_gradient = at::zeros(convolution.kernel.sizes());
        convolution.refresh(type);
        const auto x = test::image(2, 64, 3, 5).to(type),
                   gradient = test::image(2, 32, 3, 5).to(type);
        const test::Definition definition{.up = false};
        const auto kernel = convolution.kernel.to(at::kDouble);
        const double tolerance = type == at::kFloat ? 1e-6 : 1e-2;
        EXPECT_LT(test::distance(convolve(convolution, x),
                                 definition.forward(x.to(at::kDouble), kernel,
                                                    convolution.bias.to(at::kDouble))),
                  tolerance);
        const auto expected =
            definition.backward(gradient.to(at::kDouble), x.to(at::kDouble), kernel);
        EXPECT_LT(
            test::distance(convolve_backward(convolution, gradient, {x}, true), expected.input),
            tolerance);
        EXPECT_LT(test::distance(convolution.kernel_gradient, expected.kernel), tolerance);
    }
}

TEST(Convolution, SumsItsOutputWhereItSaysSo) {
    const Convolution convolution{.kernel = at::randn({32, 3, 3, 64}), .bias = at::randn({32})};
    for (const auto type : {at::kFloat, at::kBFloat16, at::kDouble}) {
        const auto unwritten =
            at::full({2, 32}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
        const auto x = test::image(2, 64, 8, 8).to(type);
        Convolution typed = convolution;
        if (type == at::kDouble) typed.kernel = typed.kernel.to(type);
        const auto [z, summed] = convolve_and_sum(typed, {x}, true, unwritten);
        EXPECT_EQ(summed, type == at::kBFloat16 && kernels::kernels().tile_convolutions != nullptr);
        EXPECT_EQ(unwritten.isnan().any().item<bool>(), !summed);
        EXPECT_TRUE(z.equal(convolve(typed, x)));
        EXPECT_FALSE(convolve_and_sum(typed, {x}, true, {}).summed);
    }
}

// Images without memory: nothing but their size is looked at.
TEST(Convolution, LeavesMorePixelsThan32BitsCountToTheLibrary) {
    if (kernels::kernels().tile_convolutions == nullptr) GTEST_SKIP() << "no AMX in use";
    const auto is_for_tiles = [](const Convolution& convolution, std::int64_t height,
                                 std::int64_t width) {
        const auto x = at::zeros({1, 32, 1, 1}, at::kBFloat16).expand({2, 32, height, width});
        return normalises_input(convolution, x);
    };
    const Convolution same{.kernel = at::zeros({32, 3, 3, 32})};
    EXPECT_TRUE(is_for_tiles(same, 1 << 15, (1 << 15) - 1));
    EXPECT_FALSE(is_for_tiles(same, 1 << 15, 1 << 15));
    // Of the output, which is twice as high and as wide.
    const Convolution up{.kind = ConvolutionKind::up, .kernel = at::zeros({32, 2, 2, 32})};
    EXPECT_TRUE(is_for_tiles(up, 1 << 14, (1 << 14) - 1));
    EXPECT_FALSE(is_for_tiles(up, 1 << 14, 1 << 14));
}

// Coefficients that were ignored would train another network without a word.
TEST(Convolution, NormalisesItsInputOrFails) {
    Convolution convolution{.kernel = at::randn({32, 3, 3, 64}), .bias = at::randn({32})};
    convolution.kernel_gradient = at::zeros(convolution.kernel.sizes());
    for (const auto type : {at::kFloat, at::kBFloat16, at::kDouble}) {
        Convolution typed = convolution;
        if (type == at::kDouble) typed.kernel = typed.kernel.to(type);
        const auto x = test::image(2, 64, 8, 8).to(type), dz = test::image(2, 32, 8, 8).to(type);
        const ConvolutionInput input{x, at::ones({64}), at::zeros({64})};
        const auto forward = [&](bool with_bias) {
            static_cast<void>(convolve_and_sum(typed, input, with_bias, {}));
        };
        const auto backward = [&] { convolve_backward(typed, dz, input, true); };
        EXPECT_THROW(forward(false), core::Error) << "ATen";
        if (normalises_input(typed, x)) {
            EXPECT_NO_THROW(forward(true));
            EXPECT_NO_THROW(backward());
        } else {
            EXPECT_THROW(forward(true), core::Error) << type;
            EXPECT_THROW(backward(), core::Error) << type;
        }
    }
}

}  // namespace
}  // namespace msunet::model
