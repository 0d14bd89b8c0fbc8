// SPDX-License-Identifier: Apache-2.0
/// \file
/// Points in the animal's frame and the smooth shapes that anatomy is made of.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace msunet::phantom {

/// mm; x to the animal's side, y dorsal (up in the pictures), z caudal (along the slices).
struct Point {
    double x = 0;
    double y = 0;
    double z = 0;
};

/// 0 at `from` and beyond, 1 at `to` and beyond, smooth between.
inline double smooth_step(double from, double to, double value) {
    const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// Length of (a, b).
inline double length_of(double a, double b) { return std::sqrt(a * a + b * b); }

/// Squared distance to `centre` in units of the radii: below 1 inside the ellipsoid.
inline double ellipsoid(const Point& p, const Point& centre, const Point& radii) {
    const double x = (p.x - centre.x) / radii.x;
    const double y = (p.y - centre.y) / radii.y;
    const double z = (p.z - centre.z) / radii.z;
    return x * x + y * y + z * z;
}

/// A coronal cross-section: half-width, top and bottom in mm.
struct Section {
    double z = 0;
    double half_width = 0;
    double top = 0;
    double bottom = 0;
};

/// The section at z, Catmull and Rom's curve through `knots` (ascending z, four at least).
inline Section section_at(std::span<const Section> knots, double z) {
    std::size_t i = 1;
    while (i + 3 < knots.size() && z > knots[i + 1].z) ++i;
    const double t = std::clamp((z - knots[i].z) / (knots[i + 1].z - knots[i].z), -1.0, 2.0);
    const auto curve = [&](double Section::*value) {
        const double a = knots[i - 1].*value;
        const double b = knots[i].*value;
        const double c = knots[i + 1].*value;
        const double d = knots[i + 2].*value;
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    };
    return {z, curve(&Section::half_width), curve(&Section::top), curve(&Section::bottom)};
}

/// A closed curve between an ellipse (roundness 2) and a rounded box (0): below 1 inside.
inline double rounded(double x, double y, double roundness) {
    const double x2 = x * x;
    const double y2 = y * y;
    return std::sqrt(std::sqrt(x2 * x2 + y2 * y2 + roundness * x2 * y2));
}

}  // namespace msunet::phantom
