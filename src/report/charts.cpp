// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/npy.hpp"
#include "report/axis.hpp"
#include "report/drawing.hpp"

namespace msunet::report {
namespace {

struct Colour {
    double red;
    double green;
    double blue;
};

// The colours of report.html.
constexpr Colour ink{0.114, 0.153, 0.188};
constexpr Colour axis_grey{0.353, 0.408, 0.451};
constexpr Colour grid_grey{0.851, 0.875, 0.894};
constexpr Colour line_blue{0, 0.447, 0.698};
constexpr double text_size = 20;
constexpr double title_size = 25;
constexpr double tick_length = 7;
constexpr double line_width = 2.6;
// More marks than this run into a thick line.
constexpr std::size_t most_marks = 60;
// The second chart leaves out the steep part: the components before this one.
constexpr std::size_t early_components = 20;

enum class Align : std::uint8_t { start, middle, end };

/// A chart's picture on a cairo context, in pixels.
class ChartDrawing {
public:
    ChartDrawing(cairo_t* context, const Chart& chart)
        : context_(context),
          chart_(chart),
          x_(make_axis(chart.x, 10)),
          y_(make_axis(chart.y, 8)),
          right_(static_cast<double>(chart.width) - 40),
          bottom_(static_cast<double>(chart.height) - 96) {
        cairo_select_font_face(context_, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                               CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_line_cap(context_, CAIRO_LINE_CAP_ROUND);
        cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
        cairo_set_font_size(context_, text_size);
        double widest = 0;
        for (const double tick : y_.ticks) widest = std::max(widest, text_width(y_.label(tick)));
        left_ = 32 + text_size + 22 + widest + tick_length;
    }

    void draw() {
        draw_grid();
        draw_texts();
        draw_line();
        draw_marks();
    }

private:
    struct Point {
        double x;
        double y;
    };

    Point at(double x, double y) const {
        return {left_ + x_.fraction(x) * (right_ - left_),
                bottom_ - y_.fraction(y) * (bottom_ - top_)};
    }

    /// The place of a data point; nothing where one of its numbers isn't finite.
    std::optional<Point> point(std::size_t i) const {
        if (!std::isfinite(chart_.x[i]) || !std::isfinite(chart_.y[i])) return std::nullopt;
        return at(chart_.x[i], chart_.y[i]);
    }

    std::size_t points() const { return std::min(chart_.x.size(), chart_.y.size()); }

    void use(Colour colour) {
        cairo_set_source_rgb(context_, colour.red, colour.green, colour.blue);
    }

    void segment(Point from, Point to, double width, Colour colour) {
        use(colour);
        cairo_set_line_width(context_, width);
        cairo_move_to(context_, from.x, from.y);
        cairo_line_to(context_, to.x, to.y);
        cairo_stroke(context_);
    }

    double text_width(const std::string& text) {
        cairo_text_extents_t extents{};
        cairo_text_extents(context_, text.c_str(), &extents);
        return extents.x_advance;
    }

    /// One line of text whose baseline begins, has its middle or ends at the place.
    void text(const std::string& text, Point place, Align align, double size = text_size) {
        cairo_set_font_size(context_, size);
        const double width = text_width(text);
        const double shift = align == Align::start ? 0 : align == Align::middle ? width / 2 : width;
        use(ink);
        cairo_move_to(context_, place.x - shift, place.y);
        cairo_show_text(context_, text.c_str());
    }

    void draw_grid() {
        for (const double tick : x_.ticks) {
            const Point foot = at(tick, y_.low);
            segment(foot, {foot.x, top_}, 1, grid_grey);
            segment(foot, {foot.x, foot.y + tick_length}, 1.4, axis_grey);
            text(x_.label(tick), {foot.x, foot.y + tick_length + 10 + 0.73 * text_size},
                 Align::middle);
        }
        for (const double tick : y_.ticks) {
            const Point foot = at(x_.low, tick);
            segment(foot, {right_, foot.y}, 1, grid_grey);
            segment(foot, {foot.x - tick_length, foot.y}, 1.4, axis_grey);
            text(y_.label(tick), {foot.x - tick_length - 8, foot.y + 0.36 * text_size}, Align::end);
        }
        segment({left_, bottom_}, {right_, bottom_}, 1.6, axis_grey);
        segment({left_, top_}, {left_, bottom_}, 1.6, axis_grey);
    }

    void draw_texts() {
        const double middle = (left_ + right_) / 2;
        text(chart_.title, {middle, top_ - 28}, Align::middle, title_size);
        text(chart_.x_label, {middle, static_cast<double>(chart_.height) - 24}, Align::middle);
        cairo_save(context_);
        cairo_translate(context_, 20 + text_size, (top_ + bottom_) / 2);
        cairo_rotate(context_, -std::numbers::pi / 2);
        text(chart_.y_label, {0, 0}, Align::middle);
        cairo_restore(context_);
    }

    void draw_line() {
        bool connected = false;
        for (std::size_t i = 0; i < points(); ++i) {
            const auto here = point(i);
            if (here && connected) {
                cairo_line_to(context_, here->x, here->y);
            } else if (here) {
                cairo_move_to(context_, here->x, here->y);
            }
            connected = here.has_value();
        }
        use(line_blue);
        cairo_set_line_width(context_, line_width);
        cairo_stroke(context_);
    }

    void draw_marks() {
        if (points() > most_marks) return;
        for (std::size_t i = 0; i < points(); ++i) {
            const auto here = point(i);
            if (!here) continue;
            cairo_new_sub_path(context_);
            cairo_arc(context_, here->x, here->y, 4.5, 0, 2 * std::numbers::pi);
        }
        use(line_blue);
        cairo_fill(context_);
    }

    cairo_t* context_;
    const Chart& chart_;
    Axis x_;
    Axis y_;
    double left_ = 0;  ///< of the area between the axes
    double top_ = 78;
    double right_;
    double bottom_;
};

Draw draw_of(const Chart& chart) {
    return [&chart](cairo_t* context) { ChartDrawing(context, chart).draw(); };
}

Chart pca_chart(std::string title, std::span<const double> cumulative, std::size_t first) {
    Chart chart{.title = std::move(title),
                .x_label = "number of components",
                .y_label = "cumulative explained variance ratio"};
    for (std::size_t i = first; i <= cumulative.size(); ++i) {
        chart.x.push_back(static_cast<double>(i));
        chart.y.push_back(cumulative[i - 1]);
    }
    return chart;
}

}  // namespace

std::string chart_svg(const Chart& chart) {
    return svg_bytes(chart.width, chart.height, draw_of(chart));
}

std::string chart_png(const Chart& chart) {
    return png_bytes(chart.width, chart.height, draw_of(chart));
}

std::vector<std::string> write_pca(const std::filesystem::path& folder,
                                   std::span<const double> cumulative) {
    std::vector<std::string> names;
    const auto write = [&](const std::string& name, const std::string& bytes) {
        core::write_file_atomically(folder / name, bytes);
        names.push_back(name);
    };
    const std::array<std::int64_t, 1> shape{static_cast<std::int64_t>(cumulative.size())};
    write("pca_cumsum.npy", io::npy_bytes(shape, cumulative));
    const std::string title = "PCA of the encoder's output";
    const Chart full = pca_chart(title, cumulative, 1);
    const Chart late = pca_chart(core::concat(title, ", from component ", early_components),
                                 cumulative, early_components);
    write("pca_full_range.svg", chart_svg(full));
    write("pca_full_range.png", chart_png(full));
    write("pca_excl_early_range.svg", chart_svg(late));
    write("pca_excl_early_range.png", chart_png(late));
    return names;
}

}  // namespace msunet::report
