// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/charts.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "msunet/core/file.hpp"
#include "msunet/io/png.hpp"
#include "report/axis.hpp"
#include "support/npy.hpp"
#include "unit/report/folder.hpp"

namespace msunet::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Axis, EndsAreRoundAndCoverTheData) {
    const Axis axis = make_axis({0.987, 0.5, 0.037}, 8);
    EXPECT_DOUBLE_EQ(axis.low, 0);
    EXPECT_DOUBLE_EQ(axis.high, 1);
    EXPECT_EQ(axis.ticks.size(), 6U);
    EXPECT_EQ(axis.label(axis.ticks[1]), "0.2");
    EXPECT_DOUBLE_EQ(axis.fraction(0.5), 0.5);
}

TEST(Axis, LabelsTellTicksApart) {
    const Axis axis = make_axis({0.98765, 0.98771}, 5);
    for (std::size_t i = 1; i < axis.ticks.size(); ++i) {
        EXPECT_NE(axis.label(axis.ticks[i - 1]), axis.label(axis.ticks[i]));
    }
    EXPECT_LE(axis.low, 0.98765);
    EXPECT_GE(axis.high, 0.98771);
}

TEST(Axis, FewOrInfiniteValuesStillSpanOne) {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const auto& values :
         {std::vector{3.0, 3.0}, std::vector{0.0}, std::vector{infinity, -infinity},
          std::vector<double>{}, std::vector{std::numeric_limits<double>::quiet_NaN()}}) {
        const Axis axis = make_axis(values, 5);
        EXPECT_LT(axis.low, axis.high);
        EXPECT_TRUE(std::isfinite(axis.low));
        EXPECT_TRUE(std::isfinite(axis.high));
    }
    EXPECT_DOUBLE_EQ(make_axis({2, infinity, 4}, 5).high, 4);
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
    EXPECT_THAT(names, ElementsAre("pca_cumsum.npy", "pca_full_range.svg", "pca_full_range.png",
                                   "pca_excl_early_range.svg", "pca_excl_early_range.png"));
    const test::NpyArray array =
        test::parse_npy(core::read_file(folder.path() / "pca_cumsum.npy"), "pca_cumsum.npy");
    EXPECT_EQ(array.dtype, "<f8");
    EXPECT_EQ(array.shape, std::vector<std::int64_t>{40});
    EXPECT_EQ(array.values, values);
    const auto full = io::parse_png(core::read_file(folder.path() / "pca_full_range.png"), "full");
    const auto late =
        io::parse_png(core::read_file(folder.path() / "pca_excl_early_range.png"), "late");
    EXPECT_EQ(full.width, 1280U);
    EXPECT_EQ(full.height, 800U);
    EXPECT_NE(full.pixels, late.pixels);
    EXPECT_NE(core::read_file(folder.path() / "pca_full_range.svg"),
              core::read_file(folder.path() / "pca_excl_early_range.svg"));
}

TEST(Pca, FewComponentsStillGiveBothCharts) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{5}, std::size_t{19}}) {
        const testing::Folder folder;
        for (const auto& name : write_pca(folder.path(), cumulative(count))) {
            EXPECT_GT(std::filesystem::file_size(folder.path() / name), 0U) << count << name;
        }
    }
}

// A chart without texts, 400 x 300 pixels.
Chart small_chart(std::vector<double> x, std::vector<double> y) {
    return {.title = "",
            .x_label = "",
            .y_label = "",
            .x = std::move(x),
            .y = std::move(y),
            .width = 400,
            .height = 300};
}

struct Drawn {
    io::Picture picture;

    bool blue(std::size_t column, std::size_t row) const {
        const auto* pixel = &picture.pixels[(row * picture.width + column) * 3];
        return pixel[0] < 90 && pixel[2] > 120;
    }
    std::size_t first_blue(std::size_t column) const {
        for (std::size_t row = 0; row < picture.height; ++row) {
            if (blue(column, row)) return row;
        }
        return picture.height;
    }
};

Drawn drawn(const Chart& chart) { return {io::parse_png(chart_png(chart), "chart")}; }

TEST(Chart, TheLineRunsWhereThePointsAre) {
    const Drawn chart = drawn(small_chart({0, 10}, {0, 10}));
    // It rises from the lower left to the upper right corner of the axes.
    EXPECT_TRUE(chart.blue(359, 79));
    EXPECT_GT(chart.first_blue(150), chart.first_blue(300));
}

TEST(Chart, APointThatIsNoNumberLeavesAGap) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const Drawn whole = drawn(small_chart({0, 1, 2, 3, 4}, {1, 1, 1, 1, 2}));
    const Drawn gap = drawn(small_chart({0, 1, 2, 3, 4}, {1, 1, none, 1, 2}));
    EXPECT_LT(whole.first_blue(220), whole.picture.height);
    EXPECT_EQ(gap.first_blue(220), gap.picture.height);
}

TEST(Chart, LettersAreDrawn) {
    Chart named = small_chart({0, 1}, {0, 1});
    const auto nameless = chart_png(named);
    named.title = "title";
    EXPECT_NE(chart_png(named), nameless);
}

TEST(Chart, SvgHasTheSizeOfThePng) {
    const Chart chart = small_chart({0, 1}, {0, 1});
    const auto text = chart_svg(chart);
    EXPECT_THAT(text, HasSubstr("viewBox=\"0 0 400 300\""));
    EXPECT_THAT(text, HasSubstr("</svg>"));
    EXPECT_EQ(drawn(chart).picture.width, 400U);
    EXPECT_EQ(drawn(chart).picture.height, 300U);
}

}  // namespace
}  // namespace msunet::report
