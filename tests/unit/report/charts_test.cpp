// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/charts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "msunet/core/file.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/png.hpp"
#include "report/axis.hpp"
#include "report/canvas.hpp"
#include "report/stroke_font.hpp"
#include "unit/report/folder.hpp"

namespace msunet::report {
namespace {

TEST(Axis, EndsAreRoundAndCoverTheData) {
    const Axis axis = make_axis(0.037, 0.987, 8);
    EXPECT_DOUBLE_EQ(axis.low, 0);
    EXPECT_DOUBLE_EQ(axis.high, 1);
    EXPECT_EQ(axis.ticks.size(), 6U);
    EXPECT_EQ(axis.label(axis.ticks[1]), "0.2");
    EXPECT_DOUBLE_EQ(axis.fraction(0.5), 0.5);
}

TEST(Axis, LabelsTellTicksApart) {
    const Axis axis = make_axis(0.98765, 0.98771, 5);
    for (std::size_t i = 1; i < axis.ticks.size(); ++i) {
        EXPECT_NE(axis.label(axis.ticks[i - 1]), axis.label(axis.ticks[i]));
    }
    EXPECT_LE(axis.low, 0.98765);
    EXPECT_GE(axis.high, 0.98771);
}

TEST(Axis, EqualAndInfiniteEndsAreWidened) {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const auto& [low, high] :
         {std::pair{3.0, 3.0}, std::pair{0.0, 0.0}, std::pair{infinity, -infinity}}) {
        const Axis axis = make_axis(low, high, 5);
        EXPECT_LT(axis.low, axis.high);
        EXPECT_TRUE(std::isfinite(axis.high));
    }
}

TEST(StrokeFont, EveryLetterOfOurTextsIsDrawn) {
    const auto is_box = [](char letter) {
        const auto strokes = text_strokes({&letter, 1});
        const auto box = text_strokes("\x01");
        return std::ranges::equal(strokes, box, [](const Stroke& a, const Stroke& b) {
            return std::ranges::equal(
                a, b, [](FontPoint p, FontPoint q) { return p.x == q.x && p.y == q.y; });
        });
    };
    for (const char letter : std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789.,:;-+=%()[]/_'\"<>!?*")) {
        EXPECT_FALSE(is_box(letter)) << letter;
    }
    EXPECT_TRUE(is_box('~'));
    EXPECT_DOUBLE_EQ(text_width("HH"), 10);
    EXPECT_DOUBLE_EQ(text_width(""), 0);
}

TEST(Canvas, LinesCoverTheirPixelsAndStayInside) {
    Canvas canvas(10, 6);
    canvas.line(-5, 2.5, 20, 2.5, 1, {0, 0, 0});
    for (std::size_t column = 0; column < 10; ++column) {
        EXPECT_EQ(canvas.pixels()[(2 * 10 + column) * 3], 0) << column;
        EXPECT_EQ(canvas.pixels()[(4 * 10 + column) * 3], 255) << column;
    }
}

std::vector<double> cumulative(std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 1; i <= count; ++i) values.push_back(1 - std::pow(0.9, i));
    return values;
}

TEST(Pca, WritesNumbersAndCharts) {
    const testing::Folder folder;
    const std::vector<double> values = cumulative(40);
    const auto names = write_pca(folder.path(), values);
    EXPECT_EQ(names.size(), 3U);
    const io::NpyArray array =
        io::parse_npy(core::read_file(folder.path() / "pca_cumsum.npy"), "pca_cumsum.npy");
    EXPECT_EQ(array.dtype, "<f8");
    EXPECT_EQ(array.shape, std::vector<std::int64_t>{40});
    EXPECT_EQ(array.values, values);
    const auto full = io::parse_png(core::read_file(folder.path() / "pca_full_range.png"), "full");
    const auto late =
        io::parse_png(core::read_file(folder.path() / "pca_excl_early_range.png"), "late");
    EXPECT_EQ(full.width, 1280U);
    EXPECT_EQ(full.height, 800U);
    EXPECT_NE(full.pixels, late.pixels);
    EXPECT_TRUE(std::ranges::any_of(full.pixels, [](auto value) { return value < 60; }));
}

TEST(Pca, FewComponentsStillGiveBothCharts) {
    const testing::Folder folder;
    for (const std::size_t count : {std::size_t{1}, std::size_t{5}, std::size_t{19}}) {
        write_pca(folder.path(), cumulative(count));
        EXPECT_TRUE(std::filesystem::exists(folder.path() / "pca_excl_early_range.png"));
    }
}

TEST(Chart, TheLineRunsWhereThePointsAre) {
    Chart chart{.title = "", .x_label = "", .y_label = ""};
    chart.x = {0, 10};
    chart.y = {0, 10};
    chart.width = 400;
    chart.height = 300;
    const io::Picture picture = io::parse_png(draw_chart(chart), "chart");
    const auto blue = [&](std::size_t column, std::size_t row) {
        const auto* pixel = &picture.pixels[(row * picture.width + column) * 3];
        return pixel[0] < 90 && pixel[2] > 120;
    };
    // The line rises from the lower left to the upper right corner of the axes.
    EXPECT_TRUE(blue(359, 79));
    const auto first_blue = [&](std::size_t column) {
        for (std::size_t row = 0; row < picture.height; ++row) {
            if (blue(column, row)) return row;
        }
        return picture.height;
    };
    EXPECT_GT(first_blue(150), first_blue(300));
}

}  // namespace
}  // namespace msunet::report
