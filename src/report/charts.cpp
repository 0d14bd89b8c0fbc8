// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/png.hpp"
#include "report/axis.hpp"
#include "report/canvas.hpp"

namespace msunet::report {
namespace {

constexpr Colour ink{38, 50, 56};
constexpr Colour frame_grey{120, 130, 136};
constexpr Colour grid_grey{226, 230, 233};
// Blue of Okabe and Ito's palette.
constexpr Colour line_blue{0, 114, 178};
constexpr double text_size = 15;
constexpr double title_size = 19;
constexpr double tick_length = 7;
constexpr double line_width = 2.6;
// More points than this look like a thick line if each gets a mark.
constexpr std::size_t most_marks = 60;
// Components before this one are the steep part that the second chart leaves out.
constexpr std::size_t early_components = 20;

struct Area {
    double left;
    double top;
    double right;
    double bottom;
};

struct Range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    void include(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

double x_pixel(const Area& area, const Axis& axis, double value) {
    return area.left + axis.fraction(value) * (area.right - area.left);
}

double y_pixel(const Area& area, const Axis& axis, double value) {
    return area.bottom - axis.fraction(value) * (area.bottom - area.top);
}

double widest_label(const Axis& axis) {
    double widest = 0;
    for (const double tick : axis.ticks) {
        widest = std::max(widest, text_pixels(axis.label(tick), text_size));
    }
    return widest;
}

void draw_axes(Canvas& canvas, const Chart& chart, const Area& area, const Axis& x, const Axis& y) {
    for (const double tick : x.ticks) {
        const double at = x_pixel(area, x, tick);
        canvas.line(at, area.top, at, area.bottom, 1, grid_grey);
        canvas.line(at, area.bottom, at, area.bottom + tick_length, 1.4, frame_grey);
        canvas.text(x.label(tick), at, area.bottom + tick_length + 10 + text_size, text_size, ink,
                    Align::middle);
    }
    for (const double tick : y.ticks) {
        const double at = y_pixel(area, y, tick);
        canvas.line(area.left, at, area.right, at, 1, grid_grey);
        canvas.line(area.left - tick_length, at, area.left, at, 1.4, frame_grey);
        canvas.text(y.label(tick), area.left - tick_length - 8, at + text_size / 2, text_size, ink,
                    Align::end);
    }
    canvas.line(area.left, area.bottom, area.right, area.bottom, 1.6, frame_grey);
    canvas.line(area.left, area.top, area.left, area.bottom, 1.6, frame_grey);
    canvas.text(chart.title, (area.left + area.right) / 2, area.top - 26, title_size, ink,
                Align::middle);
    canvas.text(chart.x_label, (area.left + area.right) / 2, static_cast<double>(chart.height) - 22,
                text_size, ink, Align::middle);
    canvas.text(chart.y_label, 22 + text_size, (area.top + area.bottom) / 2, text_size, ink,
                Align::middle, true);
}

void draw_line(Canvas& canvas, const Chart& chart, const Area& area, const Axis& x, const Axis& y) {
    const std::size_t count = std::min(chart.x.size(), chart.y.size());
    for (std::size_t i = 0; i < count; ++i) {
        const double column = x_pixel(area, x, chart.x[i]);
        const double row = y_pixel(area, y, chart.y[i]);
        if (!std::isfinite(column) || !std::isfinite(row)) continue;
        if (count <= most_marks) canvas.disc(column, row, 4.5, line_blue);
        if (i == 0 || !std::isfinite(chart.x[i - 1]) || !std::isfinite(chart.y[i - 1])) continue;
        canvas.line(x_pixel(area, x, chart.x[i - 1]), y_pixel(area, y, chart.y[i - 1]), column, row,
                    line_width, line_blue);
    }
}

void write_pca_chart(const std::filesystem::path& file, const std::string& title,
                     std::span<const double> cumulative, std::size_t first) {
    Chart chart{.title = title,
                .x_label = "number of components",
                .y_label = "cumulative explained variance ratio"};
    for (std::size_t i = first; i <= cumulative.size(); ++i) {
        chart.x.push_back(static_cast<double>(i));
        chart.y.push_back(cumulative[i - 1]);
    }
    core::write_file_atomically(file, draw_chart(chart));
}

}  // namespace

std::string draw_chart(const Chart& chart) {
    Range xs;
    Range ys;
    std::ranges::for_each(chart.x, [&](double value) { xs.include(value); });
    std::ranges::for_each(chart.y, [&](double value) { ys.include(value); });
    const Axis x = make_axis(xs.low, xs.high, 10);
    const Axis y = make_axis(ys.low, ys.high, 8);
    Canvas canvas(chart.width, chart.height);
    const Area area{.left = 22 + 2 * text_size + 22 + widest_label(y) + tick_length,
                    .top = 78,
                    .right = static_cast<double>(chart.width) - 40,
                    .bottom = static_cast<double>(chart.height) - 96};
    draw_axes(canvas, chart, area, x, y);
    draw_line(canvas, chart, area, x, y);
    return io::png_bytes({chart.width, chart.height, 3, canvas.pixels()});
}

std::vector<std::string> write_pca(const std::filesystem::path& folder,
                                   std::span<const double> cumulative) {
    const std::array<std::int64_t, 1> shape{static_cast<std::int64_t>(cumulative.size())};
    core::write_file_atomically(folder / "pca_cumsum.npy", io::npy_bytes(shape, cumulative));
    const std::string title = "PCA of the encoder's output";
    write_pca_chart(folder / "pca_full_range.png", title, cumulative, 1);
    write_pca_chart(folder / "pca_excl_early_range.png",
                    core::concat(title, ", components from ", early_components, " on"), cumulative,
                    early_components);
    return {"pca_cumsum.npy", "pca_full_range.png", "pca_excl_early_range.png"};
}

}  // namespace msunet::report
