// SPDX-License-Identifier: Apache-2.0
// A small raster canvas: smooth lines, discs and text on white.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace msunet::report {

struct Colour {
    std::uint8_t red;
    std::uint8_t green;
    std::uint8_t blue;
};

enum class Align : std::uint8_t { start, middle, end };

/// An RGB picture, rows top to bottom; coordinates are pixels, centres at halves.
class Canvas {
public:
    Canvas(std::size_t width, std::size_t height);

    std::size_t width() const { return width_; }
    std::size_t height() const { return height_; }
    /// height x width x 3.
    const std::vector<std::uint8_t>& pixels() const { return pixels_; }

    /// A line with round ends, `thickness` pixels wide.
    void line(double x0, double y0, double x1, double y1, double thickness, Colour colour);
    void disc(double x, double y, double radius, Colour colour);
    /// Text with capitals of `size` pixels whose baseline passes through (x, y).
    /// `upwards` turns it by 90 degrees to the left.
    void text(std::string_view text, double x, double y, double size, Colour colour,
              Align align = Align::start, bool upwards = false);

private:
    void blend(std::size_t column, std::size_t row, double coverage, Colour colour);

    std::size_t width_;
    std::size_t height_;
    std::vector<std::uint8_t> pixels_;
};

/// Width in pixels of a text with capitals of `size` pixels.
double text_pixels(std::string_view text, double size);

}  // namespace msunet::report
