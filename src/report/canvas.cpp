// SPDX-License-Identifier: Apache-2.0
#include "report/canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/stroke_font.hpp"

namespace msunet::report {
namespace {

constexpr std::uint8_t white = 255;

// Distance of (x, y) from the segment.
double distance(double x, double y, double x0, double y0, double x1, double y1) {
    const double dx = x1 - x0;
    const double dy = y1 - y0;
    const double length = dx * dx + dy * dy;
    const double along =
        length == 0 ? 0 : std::clamp(((x - x0) * dx + (y - y0) * dy) / length, 0.0, 1.0);
    return std::hypot(x - x0 - along * dx, y - y0 - along * dy);
}

std::size_t clamp_index(double value, std::size_t limit) {
    return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(limit)));
}

}  // namespace

Canvas::Canvas(std::size_t width, std::size_t height)
    : width_(width), height_(height), pixels_(width * height * 3, white) {}

void Canvas::blend(std::size_t column, std::size_t row, double coverage, Colour colour) {
    std::uint8_t* const pixel = &pixels_[(row * width_ + column) * 3];
    const std::array<std::uint8_t, 3> target{colour.red, colour.green, colour.blue};
    for (std::size_t i = 0; i < target.size(); ++i) {
        pixel[i] = static_cast<std::uint8_t>(
            std::lround(pixel[i] + coverage * (static_cast<double>(target[i]) - pixel[i])));
    }
}

void Canvas::line(double x0, double y0, double x1, double y1, double thickness, Colour colour) {
    const double reach = thickness / 2 + 1;
    const std::size_t left = clamp_index(std::floor(std::min(x0, x1) - reach), width_);
    const std::size_t right = clamp_index(std::ceil(std::max(x0, x1) + reach), width_);
    const std::size_t top = clamp_index(std::floor(std::min(y0, y1) - reach), height_);
    const std::size_t bottom = clamp_index(std::ceil(std::max(y0, y1) + reach), height_);
    for (std::size_t row = top; row < bottom; ++row) {
        for (std::size_t column = left; column < right; ++column) {
            const double gap = distance(static_cast<double>(column) + 0.5,
                                        static_cast<double>(row) + 0.5, x0, y0, x1, y1);
            const double coverage = std::clamp(thickness / 2 + 0.5 - gap, 0.0, 1.0);
            if (coverage > 0) {
                blend(column, row, coverage, colour);
            }
        }
    }
}

void Canvas::disc(double x, double y, double radius, Colour colour) {
    line(x, y, x, y, 2 * radius, colour);
}

void Canvas::text(std::string_view text, double x, double y, double size, Colour colour,
                  Align align, bool upwards) {
    const double unit = size / font_cap_height;
    const double width = text_pixels(text, size);
    const double shift = align == Align::start ? 0 : align == Align::middle ? width / 2 : width;
    const auto place = [&](FontPoint point) -> FontPoint {
        const double along = point.x * unit - shift;
        const double up = (font_cap_height - point.y) * unit;
        return upwards ? FontPoint{x - up, y - along} : FontPoint{x + along, y - up};
    };
    const double thickness = std::max(1.2, 0.75 * unit);
    for (const Stroke& stroke : text_strokes(text)) {
        for (std::size_t i = 1; i < stroke.size(); ++i) {
            const FontPoint a = place(stroke[i - 1]);
            const FontPoint b = place(stroke[i]);
            const bool dot = a.x == b.x && a.y == b.y;
            line(a.x, a.y, b.x, b.y, dot ? 1.4 * thickness : thickness, colour);
        }
    }
}

double text_pixels(std::string_view text, double size) {
    return text_width(text) * size / font_cap_height;
}

}  // namespace msunet::report
