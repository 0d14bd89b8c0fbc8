// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace msunet::data {

/// Control points along a side of a uniform cubic B-spline with so many intervals.
[[nodiscard]] constexpr std::size_t control_points(std::size_t intervals) { return intervals + 3; }

/// The values (height, width) of a smooth field that spans the whole area: a uniform cubic B-spline
/// of control points (control_points(intervals), the same), row-major. Values lie between the least
/// and the largest control point.
[[nodiscard]] std::vector<float> spline_field(std::span<const float> points, std::size_t intervals,
                                              std::size_t height, std::size_t width);

}  // namespace msunet::data
