// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/slice_predictor.hpp"

#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::predict {
namespace {

using model::Precision;

const unet::Architecture& architecture() {
    static const unet::Architecture published = unet::published_architecture();
    return published;
}

const std::vector<core::NamedArray>& weights() {
    static const auto drawn = unet::initial_weights(architecture(), 1);
    return drawn;
}

std::vector<float> noise(std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = static_cast<float>(i * 7919 % 1000) / 1000.0F;
    }
    return values;
}

/// The network's likelihoods of one padded window.
at::Tensor through_network(const std::vector<float>& slices, std::size_t slice, std::size_t width,
                           const Window& window, std::int64_t side) {
    const auto network =
        model::make_network({.architecture = architecture(), .weights = weights()});
    at::Tensor x = at::zeros({1, side, side});
    for (std::uint32_t row = 0; row < window.height; ++row) {
        for (std::uint32_t column = 0; column < window.width; ++column) {
            x[0][row][column] =
                slices[(slice * width + window.row + row) * width + window.column + column];
        }
    }
    return model::Objective("dice_coef_loss", "sigmoid").predict(network->infer(x))[0];
}

TEST(SlicePredictor, MeansWindowsThatAreCutAndPaddedOneByOne) {
    constexpr std::uint32_t side = 40;
    const auto slices = noise(2 * side * side);
    const data::PatchSpec patches{.fractional = false, .size = 32, .stride = 32};
    SlicePredictor predictor(architecture(), weights(), "sigmoid", Precision::float32);
    int batches = 0;
    const auto likelihood = predictor.predict(
        slices, side, side,
        {.patches = patches, .input_height = 64, .input_width = 64, .batch_size = 3},
        [&] { ++batches; });
    EXPECT_EQ(batches, 3);  // 2 slices of 2 x 2 windows, three at a time
    Stitch stitch(side, side, Combination::mean);
    for (const Window& window : windows_of(patches, side, side)) {
        const at::Tensor values = through_network(slices, 1, side, window, 64).contiguous();
        stitch.add(window, values.data_ptr<float>(), 64);
    }
    std::vector<float> expected(side * side);
    stitch.take(expected);
    const std::vector<float> second(likelihood.begin() + side * side, likelihood.end());
    EXPECT_THAT(second, testing::Pointwise(testing::FloatNear(1e-6F), expected));
}

TEST(SlicePredictor, PadsToMultiplesOf32WhereTheInputIsSmaller) {
    const auto slice = noise(50 * 50);
    SlicePredictor predictor(architecture(), weights(), "sigmoid", Precision::float32);
    const data::PatchSpec whole{.fraction = 1, .stride_fraction = 1};
    const auto likelihood =
        predictor.predict(slice, 50, 50, {.patches = whole, .input_height = 32, .input_width = 32});
    const at::Tensor values = through_network(slice, 0, 50, {0, 0, 50, 50}, 64);
    EXPECT_NEAR(likelihood[49 * 50 + 49], values[49][49].item<float>(), 1e-6);
    EXPECT_NEAR(likelihood[0], values[0][0].item<float>(), 1e-6);
}

TEST(SlicePredictor, ComputesInEveryPrecisionOfTheCpu) {
    const auto slice = noise(32 * 32);
    const WindowOptions options{.patches = {.fraction = 1, .stride_fraction = 1}};
    const auto at = [&](Precision precision) {
        SlicePredictor predictor(architecture(), weights(), "sigmoid", precision);
        return predictor.predict(slice, 32, 32, options);
    };
    const auto reference = at(Precision::float64);
    EXPECT_THAT(at(Precision::float32), testing::Pointwise(testing::FloatNear(1e-5F), reference));
    EXPECT_THAT(at(Precision::bf16), testing::Pointwise(testing::FloatNear(0.1F), reference));
}

TEST(SlicePredictor, RefusesAnUnknownActivation) {
    EXPECT_THROW(SlicePredictor(architecture(), weights(), "squash", Precision::float32),
                 core::UsageError);
}

}  // namespace
}  // namespace msunet::predict
