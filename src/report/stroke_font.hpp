// SPDX-License-Identifier: Apache-2.0
// A plotter's font: letters as strokes on a grid, so that text stays smooth at any size and angle.
#pragma once

#include <string_view>
#include <vector>

namespace msunet::report {

/// A point on the font's grid: x to the right, y down from the top of capitals; baseline at 6.
struct FontPoint {
    double x;
    double y;
};

/// One stroke: a line through its points; a single repeated point is a dot.
using Stroke = std::vector<FontPoint>;

inline constexpr double font_cap_height = 6;

/// The strokes of one line of text that starts at (0, 0). Characters outside the font's ASCII
/// letters, digits and signs appear as boxes.
std::vector<Stroke> text_strokes(std::string_view text);

/// Width of the text in grid units, without the space after its last letter.
double text_width(std::string_view text);

}  // namespace msunet::report
