// SPDX-License-Identifier: Apache-2.0
/// \file
/// Our own convolutions and their gradients compared with ATen's in float64.

#include "model/winograd.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <tuple>

#include "convolution_definition.hpp"
#include "model/convolution.hpp"

namespace msunet::model {
namespace {

using test::Definition;
using test::distance;
using test::image;
using test::Shape;

/// The kernels of an instruction set; null if this processor doesn't support it.
const kernels::Kernels* kernels_named(const std::string& set) {
    using enum kernels::InstructionSet;
    return kernels::kernels_of(set == "avx2" ? avx2 : set == "avx512" ? avx512 : avx512_bf16);
}

class WinogradTest : public testing::TestWithParam<std::tuple<std::string, bool, Shape, int>> {
protected:
    void SetUp() override {
        set_ = kernels_named(std::get<0>(GetParam()));
        if (set_ == nullptr) GTEST_SKIP() << "this processor has no " << std::get<0>(GetParam());
        threads_ = at::get_num_threads();
        at::set_num_threads(std::get<int>(GetParam()));
    }
    void TearDown() override {
        if (threads_ > 0) at::set_num_threads(threads_);
    }

    /// Calls f with each algorithm for images of this size.
    template <class T, class F>
    void for_each(const kernels::Winograds<T>* winograds, const F& f) const {
        for (const auto& winograd : definition_.up ? winograds->up : winograds->same) {
            const std::int64_t step = winograd.forward.step;
            SCOPED_TRACE(step);
            if (s_.height % step == 0 && s_.width % step == 0) f(winograd);
        }
    }

    /// Within the rounding errors of a type of activations.
    template <class T>
    void expect_the_definition(const kernels::Winograd<T>& winograd, at::ScalarType type,
                               double tolerance) const {
        const auto x = x_.to(type), gradient = gradient_.to(type);
        const auto kernel = kernel_.to(at::kDouble);
        const auto found = convolve(winograd, x, kernel_, bias_);
        EXPECT_TRUE(found.is_contiguous(at::MemoryFormat::ChannelsLast));
        EXPECT_EQ(found.scalar_type(), type);
        EXPECT_LT(
            distance(found, definition_.forward(x.to(at::kDouble), kernel, bias_.to(at::kDouble))),
            tolerance);
        const auto wanted =
            definition_.backward(gradient.to(at::kDouble), x.to(at::kDouble), kernel);
        EXPECT_LT(distance(input_gradient(winograd, gradient, kernel_), wanted.input), tolerance);
        // Earlier contents must not matter.
        const auto written = at::full(kernel_.sizes(), std::numeric_limits<float>::quiet_NaN());
        write_kernel_gradient(winograd, x, gradient, written);
        EXPECT_LT(distance(written, wanted.kernel), tolerance);
    }

    template <class T>
    void expect_the_same_bits(const kernels::Winograd<T>& winograd, at::ScalarType type) const {
        const auto x = x_.to(type), gradient = gradient_.to(type);
        const auto forward = convolve(winograd, x, kernel_, bias_);
        const auto backward = input_gradient(winograd, gradient, kernel_);
        const auto first = at::zeros(kernel_.sizes()), again = at::zeros(kernel_.sizes());
        write_kernel_gradient(winograd, x, gradient, first);
        write_kernel_gradient(winograd, x, gradient, again);
        EXPECT_TRUE(first.equal(again));
        // The bits of a pixel don't depend on the threads and on the other samples.
        at::set_num_threads(1);
        const auto alone = [](const at::Tensor& batch) {
            return batch.narrow(0, batch.size(0) - 1, 1).contiguous(at::MemoryFormat::ChannelsLast);
        };
        EXPECT_TRUE(convolve(winograd, alone(x), kernel_, bias_).equal(alone(forward)));
        EXPECT_TRUE(input_gradient(winograd, alone(gradient), kernel_).equal(alone(backward)));
        at::set_num_threads(std::get<int>(GetParam()));
    }

    Definition definition_{std::get<1>(GetParam())};
    Shape s_ = std::get<Shape>(GetParam());
    const kernels::Kernels* set_ = nullptr;
    int threads_ = 0;

    at::Tensor x_ = image(s_.images, s_.in, s_.height, s_.width);
    at::Tensor gradient_ = definition_.up ? image(s_.images, s_.out, 2 * s_.height, 2 * s_.width)
                                          : image(s_.images, s_.out, s_.height, s_.width);
    std::int64_t taps_ = definition_.up ? 2 : 3;
    at::Tensor kernel_ = at::randn({s_.out, taps_, taps_, s_.in});
    at::Tensor bias_ = at::randn({s_.out});
};

TEST_P(WinogradTest, EqualsTheDefinition) {
    for_each(set_->float32_winograds, [&](const auto& winograd) {
        // Larger tiles add up more numbers.
        expect_the_definition(winograd, at::kFloat, winograd.positions > 16 ? 3e-6 : 1e-6);
    });
    // The result is rounded to 8 bits; with products of bfloat16 pairs the transforms are, too.
    const bool pairs = std::get<0>(GetParam()) == "avx512_bf16";
    for_each(set_->bfloat16_winograds, [&](const auto& winograd) {
        expect_the_definition(winograd, at::kBFloat16, pairs ? 1e-2 : 3e-3);
    });
}

TEST_P(WinogradTest, GivesTheSameBits) {
    for_each(set_->float32_winograds,
             [&](const auto& winograd) { expect_the_same_bits(winograd, at::kFloat); });
    for_each(set_->bfloat16_winograds,
             [&](const auto& winograd) { expect_the_same_bits(winograd, at::kBFloat16); });
}

// Fewer tiles than in a chunk and than threads, small tiles and large ones; a chunk of several
// images, the last one incomplete and odd, likewise; several chunks an image; more blocks of
// channels than threads.
INSTANTIATE_TEST_SUITE_P(
    All, WinogradTest,
    testing::Combine(testing::Values("avx2", "avx512", "avx512_bf16"), testing::Bool(),
                     testing::Values(Shape{1, 32, 32, 2, 2}, Shape{1, 32, 32, 4, 4},
                                     Shape{5, 96, 128, 6, 2}, Shape{5, 96, 128, 12, 4},
                                     Shape{2, 64, 32, 16, 24}, Shape{3, 128, 64, 4, 34}),
                     testing::Values(1, 2, 3)));

// Otherwise max pooling would choose a pixel of the background by its rounding error.
TEST(Winograd, GivesAllPixelsOfAConstantRegionTheSameBits) {
    if (kernels_named("avx2") == nullptr) GTEST_SKIP() << "this processor has no AVX2";
    const auto x =
        at::randn({1, 32, 1, 1}).expand({1, 32, 16, 16}).contiguous(at::MemoryFormat::ChannelsLast);
    const auto kernel = at::randn({32, 3, 3, 32}), bias = at::randn({32});
    const auto is_constant = [](const at::Tensor& region) {
        return region.equal(region.narrow(2, 0, 1).narrow(3, 0, 1).expand_as(region));
    };
    for (const auto* name : {"avx2", "avx512"}) {
        const auto* set = kernels_named(name);
        if (set == nullptr) continue;
        for (const auto& winograd : set->float32_winograds->same) {
            const auto z = convolve(winograd, x, kernel, bias);
            EXPECT_TRUE(is_constant(z.slice(2, 1, 15).slice(3, 1, 15))) << name;
            // The borders, where pixels are constant along one side only.
            EXPECT_TRUE(is_constant(z.narrow(2, 0, 1).slice(3, 1, 15))) << name;
            EXPECT_TRUE(is_constant(z.narrow(3, 0, 1).slice(2, 1, 15))) << name;
        }
    }
}

TEST(Winograd, LeavesOtherConvolutionsToTheLibrary) {
    const auto* set = kernels_named("avx2");
    if (set == nullptr) GTEST_SKIP() << "this processor has no AVX2";
    test::expect_whole_blocks_alone(set->float32_winograds->same.front());
}

}  // namespace
}  // namespace msunet::model
