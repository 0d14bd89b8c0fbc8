// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/windows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace msunet::predict {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Ge;

data::PatchSpec fractions(double fraction, double stride) {
    return {.fractional = true, .fraction = fraction, .stride_fraction = stride};
}

data::PatchSpec fixed(std::int64_t size, std::int64_t stride) {
    return {.fractional = false, .size = size, .stride = stride};
}

std::vector<int> coverage(const std::vector<Window>& windows, std::uint32_t height,
                          std::uint32_t width) {
    std::vector<int> covered(std::size_t{height} * width);
    for (const Window& window : windows) {
        for (std::uint32_t row = 0; row < window.height; ++row) {
            for (std::uint32_t column = 0; column < window.width; ++column) {
                ++covered.at(std::size_t{window.row + row} * width + window.column + column);
            }
        }
    }
    return covered;
}

TEST(Windows, OfASliceThatTheStrideFitsAreTrainingsPatches) {
    EXPECT_THAT(windows_of(fixed(32, 32), 64, 64),
                ElementsAre(Window{0, 0, 32, 32}, Window{0, 32, 32, 32}, Window{32, 0, 32, 32},
                            Window{32, 32, 32, 32}));
}

TEST(Windows, EndFlushWithTheBorderWhereTheStrideLeavesPixels) {
    EXPECT_THAT(windows_of(fixed(32, 20), 32, 70),
                ElementsAre(Window{0, 0, 32, 32}, Window{0, 20, 32, 32}, Window{0, 38, 32, 32}));
}

TEST(Windows, OfASliceSmallerThanAFixedPatchAreTheSlice) {
    EXPECT_THAT(windows_of(fixed(64, 32), 20, 70),
                ElementsAre(Window{0, 0, 20, 64}, Window{0, 6, 20, 64}));
}

TEST(Windows, CoverEveryPixelOfAnySlice) {
    for (const auto& spec : {fractions(0.75, 0.125), fractions(0.58, 0.31), fractions(1, 1),
                             fractions(0.2, 1), fixed(32, 64), fixed(32, 7)}) {
        for (const std::uint32_t height : {1U, 31U, 50U, 97U}) {
            for (const std::uint32_t width : {2U, 64U, 101U}) {
                EXPECT_THAT(coverage(windows_of(spec, height, width), height, width), Each(Ge(1)))
                    << spec.fraction << ' ' << spec.size << ' ' << height << 'x' << width;
            }
        }
    }
}

TEST(Stitch, IsTheMeanOfTheWindowsOverAPixel) {
    Stitch stitch(1, 3, Combination::mean);
    stitch.add({0, 0, 1, 2}, std::vector<float>{1, 2}.data(), 2);
    stitch.add({0, 1, 1, 2}, std::vector<float>{4, 8}.data(), 2);
    std::vector<float> likelihood(3);
    stitch.take(likelihood);
    EXPECT_THAT(likelihood, ElementsAre(1, 3, 8));
}

TEST(Stitch, IsTheMaximumAlsoOfNegativeValues) {
    Stitch stitch(1, 3, Combination::maximum);
    stitch.add({0, 0, 1, 2}, std::vector<float>{-1, -2}.data(), 2);
    stitch.add({0, 1, 1, 2}, std::vector<float>{-4, -8}.data(), 2);
    std::vector<float> likelihood(3);
    stitch.take(likelihood);
    EXPECT_THAT(likelihood, ElementsAre(-1, -2, -8));
}

TEST(Stitch, TakesNoPaddingAndStartsAnewForTheNextSlice) {
    Stitch stitch(2, 2, Combination::mean);
    const std::vector<float> padded{1, 2, 99, 3, 4, 99};
    std::vector<float> likelihood(4);
    for (int slice = 0; slice < 2; ++slice) {
        stitch.add({0, 0, 2, 2}, padded.data(), 3);
        stitch.take(likelihood);
        EXPECT_THAT(likelihood, ElementsAre(1, 2, 3, 4));
    }
}

}  // namespace
}  // namespace msunet::predict
