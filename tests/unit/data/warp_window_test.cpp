// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "data/spline_field.hpp"
#include "data/warp_window.hpp"
#include "msunet/core/random.hpp"
#include "unit/data/ellipse.hpp"

namespace msunet::data {
namespace {

using testing::Each;
using testing::FloatNear;

Warped warped(const Warp& warp, const PatchIndex::Window& window) {
    const Ellipse ellipse;
    core::RandomStream random(3);
    const std::size_t area = std::size_t{window.height} * window.width;
    Warped result{std::vector<float>(area), std::vector<float>(area)};
    warp_window(ellipse.view(), window, warp, random, result.x, result.y);
    return result;
}

constexpr PatchIndex::Window whole{.height = Ellipse::side, .width = Ellipse::side};

/// Dice of the mask and of the voxels above the half, which show the same ellipse.
double overlap(const Warped& sample) {
    double both = 0;
    double sum = 0;
    for (std::size_t i = 0; i < sample.x.size(); ++i) {
        const double inside = sample.x[i] > 0.5F ? 1 : 0;
        both += inside * sample.y[i];
        sum += inside + sample.y[i];
    }
    return 2 * both / sum;
}

TEST(Warp, KeepsMaskAndImageTogetherAndTheMaskBinary) {
    for (const Warp& warp :
         {Warp{.mirror = true}, Warp{.angle = 0.5}, Warp{.scale = 1.3}, Warp{.scale = 0.7},
          Warp{.shear = 0.15}, Warp{.elastic = 0.05},
          Warp{.mirror = true, .angle = -0.4, .scale = 0.8, .shear = -0.1, .elastic = 0.05}}) {
        const auto sample = warped(warp, whole);
        // The smallest ellipse has 200 pixels, of which a tenth lie on its border.
        EXPECT_GT(overlap(sample), 0.97);
        EXPECT_THAT(sample.y, Each(testing::AnyOf(0.0F, 1.0F)));
        EXPECT_NE(sample.y, warped({}, whole).y);
        EXPECT_GT(std::accumulate(sample.y.begin(), sample.y.end(), 0.0), 100);
    }
}

TEST(Warp, MirrorsColumnsExactly) {
    const PatchIndex::Window window{.row = 5, .column = 9, .height = 20, .width = 31};
    const auto plain = warped({}, window);
    auto mirrored = warped({.mirror = true}, window);
    for (std::size_t i = 0; i < window.height; ++i) {
        for (auto* values : {&mirrored.x, &mirrored.y}) {
            const auto begin = values->begin() + static_cast<std::ptrdiff_t>(i * window.width);
            std::reverse(begin, begin + window.width);
        }
    }
    EXPECT_EQ(mirrored.x, plain.x);
    EXPECT_EQ(mirrored.y, plain.y);
}

TEST(Warp, ScaleAndAngleAreThoseThatWereDrawn) {
    const auto area = [](const Warped& sample) {
        return std::accumulate(sample.y.begin(), sample.y.end(), 0.0);
    };
    const double before = area(warped({}, whole));
    EXPECT_NEAR(area(warped({.scale = 1.2}, whole)) / before, 1.44, 0.05);
    EXPECT_NEAR(area(warped({.scale = 0.8}, whole)) / before, 0.64, 0.04);
    EXPECT_NEAR(area(warped({.angle = 0.5}, whole)) / before, 1, 0.03);
    EXPECT_NEAR(area(warped({.shear = 0.15}, whole)) / before, 1, 0.03);
    // A quarter turn of the square moves each pixel to a pixel.
    const auto turned = warped({.angle = std::numbers::pi / 2}, whole);
    const auto plain = warped({}, whole);
    for (std::size_t i = 1; i + 1 < Ellipse::side; ++i) {
        for (std::size_t j = 1; j + 1 < Ellipse::side; ++j) {
            ASSERT_NEAR(turned.x[i * Ellipse::side + j],
                        plain.x[j * Ellipse::side + Ellipse::side - 1 - i], 1e-4);
        }
    }
}

TEST(Warp, ReadsBeyondTheWindow) {
    const PatchIndex::Window window{.row = 8, .column = 14, .height = 24, .width = 24};
    const auto part = warped({.angle = 0.4, .scale = 0.9}, window);
    const auto alone = warped({.angle = 0.4, .scale = 0.9}, whole);
    // The window's centre is that of the slice moved by (-4, 2): corners are no zeros.
    EXPECT_GT(*std::ranges::min_element(part.x), 0);
    EXPECT_EQ(alone.x.front(), 0);
}

/// Slices whose values are their own rows and columns show where each pixel comes from.
TEST(Warp, NothingFolds) {
    constexpr std::uint32_t width = 64;
    std::vector<float> rows(width * width), columns(width * width);
    const std::vector<std::uint8_t> mask(width * width);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = static_cast<float>(i / width);
        columns[i] = static_cast<float>(i % width);
    }
    const PatchIndex::Window window{.row = 16, .column = 16, .height = 32, .width = 32};
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto origins = [&](const std::vector<float>& values) {
            std::vector<float> x(32 * 32), y(32 * 32);
            core::RandomStream random(seed);
            warp_window({.height = width, .width = width, .voxels = values, .mask = mask}, window,
                        {.angle = 0.5, .scale = 1.4, .elastic = 0.05}, random, x, y);
            return x;
        };
        const auto row = origins(rows);
        const auto column = origins(columns);
        for (std::size_t i = 0; i + 33 < row.size(); ++i) {
            if (i % 32 == 31) continue;
            const float turn = (row[i + 32] - row[i]) * (column[i + 1] - column[i]) -
                               (row[i + 1] - row[i]) * (column[i + 32] - column[i]);
            ASSERT_GT(turn, 0) << "seed " << seed << ", pixel " << i;
        }
    }
}

TEST(Warp, ElasticDeformationMovesByAFewPixels) {
    std::vector<float> points(control_points(4) * control_points(4));
    core::RandomStream random(1);
    for (float& point : points) point = static_cast<float>(random.uniform(-2, 2));
    const auto field = spline_field(points, 4, 30, 20);
    EXPECT_LE(*std::ranges::max_element(field), 2);
    EXPECT_GE(*std::ranges::min_element(field), -2);
    for (std::size_t i = 1; i < field.size(); ++i) {
        if (i % 20 == 0) continue;
        ASSERT_LT(std::abs(field[i] - field[i - 1]), 0.8F);
    }
    std::ranges::fill(points, 1.5F);
    EXPECT_THAT(spline_field(points, 4, 7, 9), Each(FloatNear(1.5F, 1e-5F)));
}

}  // namespace
}  // namespace msunet::data
