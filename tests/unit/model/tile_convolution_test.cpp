// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions on the matrix unit, and on an emulated one, compared with ATen's in float64.

#include "model/tile_convolution.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <tuple>

#include "convolution_definition.hpp"
#include "model/convolution.hpp"
#include "model/cpu_tensors.hpp"
#include "tile_emulation.hpp"

namespace msunet::model {
namespace {

using test::Definition;
using test::distance;
using test::image;
using test::Shape;

enum class Unit : std::uint8_t { real, emulated };

/// Null where this processor can't run them.
const kernels::TileConvolutions* tiles_of(Unit unit) {
    if (unit == Unit::emulated) return test::emulated_tiles();
    const auto* set = kernels::kernels_of(kernels::InstructionSet::amx);
    return set == nullptr ? nullptr : set->tile_convolutions;
}

const char* lacking(Unit unit) {
    return unit == Unit::real ? "this processor has no AMX" : "this processor has no AVX512_BF16";
}

/// The number of libtorch's threads for as long as it lives.
class Threads {
public:
    explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { at::set_num_threads(before_); }

private:
    int before_;
};

class TileConvolutionTest : public testing::TestWithParam<std::tuple<Unit, bool, Shape, int>> {
protected:
    void SetUp() override {
        const auto* tiles = tiles_of(unit_);
        if (tiles == nullptr) GTEST_SKIP() << lacking(unit_);
        own_ = definition_.up ? &tiles->up : &tiles->same;
    }

    Unit unit_ = std::get<Unit>(GetParam());
    Definition definition_{std::get<bool>(GetParam())};
    Shape s_ = std::get<Shape>(GetParam());
    const kernels::TileConvolution* own_ = nullptr;
    Threads threads_{std::get<int>(GetParam())};

    std::int64_t scale_ = definition_.up ? 2 : 1, taps_ = definition_.up ? 2 : 3;
    at::Tensor x_ = image(s_.images, s_.in, s_.height, s_.width).to(at::kBFloat16);
    at::Tensor gradient_ =
        image(s_.images, s_.out, scale_* s_.height, scale_* s_.width).to(at::kBFloat16);
    at::Tensor kernel_ = at::randn({s_.out, taps_, taps_, s_.in});
    at::Tensor bias_ = at::randn({s_.out});
};

// What is rounded to 8 bits: kernels and results.
constexpr double tolerance = 4e-3;

TEST_P(TileConvolutionTest, EqualsTheDefinition) {
    const auto x = x_.to(at::kDouble), kernel = kernel_.to(at::kDouble);
    const auto z = convolve(*own_, {x_}, kernel_, bias_);
    EXPECT_TRUE(z.is_contiguous(at::MemoryFormat::ChannelsLast));
    EXPECT_EQ(z.scalar_type(), at::kBFloat16);
    EXPECT_LT(distance(z, definition_.forward(x, kernel, bias_.to(at::kDouble))), tolerance);
    const auto wanted = definition_.backward(gradient_.to(at::kDouble), x, kernel);
    EXPECT_LT(distance(input_gradient(*own_, gradient_, kernel_), wanted.input), tolerance);
    // Earlier contents must not matter. Nothing but the sums in float32 is rounded.
    const auto written = at::full(kernel_.sizes(), std::numeric_limits<float>::quiet_NaN());
    write_kernel_gradient(*own_, {x_}, gradient_, written);
    EXPECT_LT(distance(written, wanted.kernel), 1e-6);
}

TEST_P(TileConvolutionTest, AddsUpItsOutput) {
    const auto sums = at::full({2, s_.out}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    const auto z = convolve(*own_, {x_}, kernel_, bias_, sums);
    EXPECT_TRUE(z.equal(convolve(*own_, {x_}, kernel_, bias_)));
    const auto a = z.to(at::kDouble).clamp_min(0);
    EXPECT_LT(distance(sums, at::stack({a.sum({0, 2, 3}), (a * a).sum({0, 2, 3})})), 1e-7);
}

TEST_P(TileConvolutionTest, NormalisesWhatItReadsAsTheNormDoes) {
    const auto scale = at::randn({s_.in}), shift = at::randn({s_.in});
    const auto y = at::empty_like(x_);
    // Of the same instruction set, as the network uses it.
    using enum kernels::InstructionSet;
    const auto* set = kernels::kernels_of(unit_ == Unit::real ? amx : avx512_bf16);
    set->bfloat16.norm_forward(pointer<kernels::Bf16>(x_), 0, x_.numel() / s_.in, s_.in,
                               pointer<float>(scale), pointer<float>(shift),
                               {.out = pointer<kernels::Bf16>(y),
                                .stride = s_.in,
                                .offset = 0,
                                .bits = nullptr,
                                .keep_scale = 1,
                                .pooled = nullptr,
                                .pool_index = nullptr,
                                .height = s_.height,
                                .width = s_.width});
    const ConvolutionInput z{x_, scale, shift};
    EXPECT_TRUE(convolve(*own_, z, kernel_, bias_).equal(convolve(*own_, {y}, kernel_, bias_)));
    const auto fused = at::zeros(kernel_.sizes()), expected = at::zeros(kernel_.sizes());
    write_kernel_gradient(*own_, z, gradient_, fused);
    write_kernel_gradient(*own_, {y}, gradient_, expected);
    EXPECT_TRUE(fused.equal(expected));
}

TEST_P(TileConvolutionTest, GivesTheSameBits) {
    const auto forward = convolve(*own_, {x_}, kernel_, bias_);
    const auto backward = input_gradient(*own_, gradient_, kernel_);
    const auto first = at::zeros(kernel_.sizes()), again = at::zeros(kernel_.sizes());
    write_kernel_gradient(*own_, {x_}, gradient_, first);
    write_kernel_gradient(*own_, {x_}, gradient_, again);
    EXPECT_TRUE(first.equal(again));
    // The bits of a pixel don't depend on the threads and on the other samples.
    const Threads one(1);
    const auto alone = [](const at::Tensor& batch) {
        return batch.narrow(0, batch.size(0) - 1, 1).contiguous(at::MemoryFormat::ChannelsLast);
    };
    EXPECT_TRUE(convolve(*own_, {alone(x_)}, kernel_, bias_).equal(alone(forward)));
    EXPECT_TRUE(input_gradient(*own_, alone(gradient_), kernel_).equal(alone(backward)));
}

// One pixel; odd sides; fewer places than in half a tile, images in one chunk; a chunk that ends
// within an image; several chunks; more blocks of channels than threads.
INSTANTIATE_TEST_SUITE_P(
    Real, TileConvolutionTest,
    testing::Combine(testing::Values(Unit::real), testing::Bool(),
                     testing::Values(Shape{1, 32, 32, 1, 1}, Shape{3, 32, 64, 3, 5},
                                     Shape{5, 96, 128, 4, 2}, Shape{2, 64, 32, 16, 24},
                                     Shape{3, 256, 32, 40, 34}, Shape{2, 32, 32, 96, 96},
                                     Shape{2, 128, 128, 4, 4}),
                     testing::Values(1, 2, 3)));

// The same, with the smallest images of several chunks: in the forward pass, and of the gradient.
INSTANTIATE_TEST_SUITE_P(
    Emulated, TileConvolutionTest,
    testing::Combine(testing::Values(Unit::emulated), testing::Bool(),
                     testing::Values(Shape{1, 32, 32, 1, 1}, Shape{3, 32, 64, 3, 5},
                                     Shape{5, 96, 128, 4, 2}, Shape{2, 256, 32, 17, 34},
                                     Shape{1, 32, 32, 45, 46}, Shape{2, 128, 128, 4, 4}),
                     testing::Values(1, 3)));

class TileUnits : public testing::TestWithParam<Unit> {
protected:
    void SetUp() override {
        if (tiles_ == nullptr) GTEST_SKIP() << lacking(GetParam());
    }

    const kernels::TileConvolutions* tiles_ = tiles_of(GetParam());
};

// Otherwise max pooling would choose a pixel of the background by its rounding error.
TEST_P(TileUnits, GiveAllPixelsOfAConstantRegionTheSameBits) {
    const auto x = at::randn({1, 32, 1, 1})
                       .expand({1, 32, 16, 19})
                       .to(at::kBFloat16)
                       .contiguous(at::MemoryFormat::ChannelsLast);
    const auto z = convolve(tiles_->same, {x}, at::randn({32, 3, 3, 32}), at::randn({32}));
    const auto inside = z.slice(2, 1, 15).slice(3, 1, 18);
    EXPECT_TRUE(inside.equal(inside.narrow(2, 0, 1).narrow(3, 0, 1).expand_as(inside)));
}

TEST_P(TileUnits, LeaveOtherConvolutionsToTheLibrary) {
    test::expect_whole_blocks_alone(tiles_->same);
}

INSTANTIATE_TEST_SUITE_P(All, TileUnits, testing::Values(Unit::real, Unit::emulated));

}  // namespace
}  // namespace msunet::model
