// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/axes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "msunet/core/text.hpp"
#include "msunet/imaging/normalise.hpp"

namespace msunet::imaging {

namespace {

using Point = std::array<double, 3>;

/// From the voxel numbers of one volume to those of another; the last column is that of voxel 0.
using VoxelMap = std::array<std::array<double, 4>, 3>;

constexpr std::array<char, 3> axis_letters{'x', 'y', 'z'};

double cosine_between(const core::Volume& a, std::size_t axis, const core::Volume& b,
                      std::size_t other) {
    double sum = 0;
    for (std::size_t row = 0; row < 3; ++row) {
        sum += a.direction[3 * row + axis] * b.direction[3 * row + other];
    }
    return sum;
}

/// Directions are orthogonal: the inverse is the transpose.
VoxelMap voxel_map(const core::Volume& from, const core::Volume& to) {
    VoxelMap map{};
    for (std::size_t row = 0; row < 3; ++row) {
        double offset = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            map[row][i] = cosine_between(to, row, from, i) * from.spacing[i] / to.spacing[row];
            offset += to.direction[3 * i + row] * (from.origin[i] - to.origin[i]);
        }
        map[row][3] = offset / to.spacing[row];
    }
    return map;
}

/// The order whose axes are nearest to those of `map`.
std::optional<AxisMap> nearest_order(const VoxelMap& map) {
    AxisMap order{.axis = {3, 3, 3}, .flipped = {}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        std::size_t row = 0;
        for (std::size_t other = 1; other < 3; ++other) {
            if (std::abs(map[other][axis]) > std::abs(map[row][axis])) row = other;
        }
        if (order.axis[row] != 3) return std::nullopt;
        order.axis[row] = axis;
        order.flipped[row] = map[row][axis] < 0;
    }
    return order;
}

/// Whether every corner of the mask comes within half a voxel of where the order puts it.
bool corners_fit(const VoxelMap& map, const AxisMap& order, const core::Volume& mask) {
    constexpr double half_voxel = 0.5;
    for (unsigned corner = 0; corner < 8; ++corner) {
        Point last{};
        Point at{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            last[axis] = static_cast<double>(mask.size[axis]) - 1;
            at[axis] = (corner >> axis & 1U) != 0 ? last[axis] : 0;
        }
        for (std::size_t row = 0; row < 3; ++row) {
            double there = map[row][3];
            for (std::size_t axis = 0; axis < 3; ++axis) there += map[row][axis] * at[axis];
            const std::size_t axis = order.axis[row];
            const double expected = order.flipped[row] ? last[axis] - at[axis] : at[axis];
            if (!(std::abs(there - expected) <= half_voxel)) return false;
        }
    }
    return true;
}

Point centre_in_mm(const core::Volume& volume) {
    Point centre = volume.origin;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            centre[row] += volume.direction[3 * row + axis] * volume.spacing[axis] *
                           (static_cast<double>(volume.size[axis]) - 1) / 2;
        }
    }
    return centre;
}

/// What a file has whose writer knew no place.
bool has_default_place(const core::Volume& volume) {
    return volume.origin == core::Volume{}.origin && volume.direction == core::Volume{}.direction;
}

std::string spacing_in_words(const core::Volume& volume) {
    std::string text;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        text += (axis > 0 ? " x " : "") + core::general(volume.spacing[axis], 4);
    }
    return text;
}

bool spacings_differ(const core::Volume& a, const core::Volume& b) {
    constexpr double tolerance = 0.01;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        if (std::abs(a.spacing[axis] - b.spacing[axis]) > tolerance * b.spacing[axis]) return true;
    }
    return false;
}

/// The largest angle between axes of the same number, in degrees.
double turn_between(const core::Volume& a, const core::Volume& b) {
    double least = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        least = std::min(least, cosine_between(a, axis, b, axis));
    }
    return std::acos(std::max(least, -1.0)) * 180 / M_PI;
}

/// Of the values that are added; 0 of none.
struct RunningMean {
    double sum = 0;
    std::size_t count = 0;

    void add(double value) {
        sum += value;
        ++count;
    }
    [[nodiscard]] double value() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
};

void reorder_voxels(const core::Volume& from, const AxisMap& map, core::Volume& to) {
    std::array<std::size_t, 3> old{};
    const auto go = [&](std::size_t axis, std::size_t i) {
        old[map.axis[axis]] = map.flipped[axis] ? to.size[axis] - 1 - i : i;
    };
    float* voxel = to.voxels.data();
    for (std::size_t z = 0; z < to.size[2]; ++z) {
        go(2, z);
        for (std::size_t y = 0; y < to.size[1]; ++y) {
            go(1, y);
            for (std::size_t x = 0; x < to.size[0]; ++x) {
                go(0, x);
                *voxel++ = from.at(old[0], old[1], old[2]);
            }
        }
    }
}

}  // namespace

core::Volume reordered(core::Volume volume, const AxisMap& map) {
    if (map.is_identity()) return volume;
    core::Volume result;
    result.origin = volume.origin;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::size_t old = map.axis[axis];
        result.size[axis] = volume.size[old];
        result.spacing[axis] = volume.spacing[old];
        for (std::size_t row = 0; row < 3; ++row) {
            const double cosine = volume.direction[3 * row + old];
            result.direction[3 * row + axis] = map.flipped[axis] ? -cosine : cosine;
            if (!map.flipped[axis]) continue;
            result.origin[row] +=
                cosine * volume.spacing[old] * (static_cast<double>(volume.size[old]) - 1);
        }
    }
    result.voxels.resize(volume.voxels.size());
    if (!volume.voxels.empty()) reorder_voxels(volume, map, result);
    return result;
}

AxisMap slices_last(SliceAxis axis) {
    if (axis == SliceAxis::first) return {.axis = {1, 2, 0}, .flipped = {}};
    if (axis == SliceAxis::second) return {.axis = {0, 2, 1}, .flipped = {}};
    return {};
}

AxisMap inverse(const AxisMap& map) {
    AxisMap back;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        back.axis[map.axis[axis]] = axis;
        back.flipped[map.axis[axis]] = map.flipped[axis];
    }
    return back;
}

std::optional<AxisMap> order_like(const core::Volume& mask, const core::Volume& scan) {
    const VoxelMap map = voxel_map(mask, scan);
    const auto order = nearest_order(map);
    if (!order) return std::nullopt;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        if (mask.size[order->axis[axis]] != scan.size[axis]) return std::nullopt;
    }
    if (!corners_fit(map, *order, mask)) return std::nullopt;
    return order;
}

std::string order_text(const AxisMap& map, const core::Volume& scan) {
    constexpr std::array<std::string_view, 3> names{"left-right", "front-back (anterior-posterior)",
                                                    "top-bottom (superior-inferior)"};
    std::vector<std::string> mirrored;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        if (!map.flipped[axis]) continue;
        std::size_t main = 0;
        for (std::size_t row = 1; row < 3; ++row) {
            const auto size = [&](std::size_t i) { return std::abs(scan.direction[3 * i + axis]); };
            if (size(row) > size(main)) main = row;
        }
        mirrored.emplace_back(names[main]);
    }
    std::string text = mirrored.empty() ? "" : "mirrored " + core::join(mirrored, " and ");
    if (map.axis != AxisMap{}.axis) {
        text += core::concat(text.empty() ? "" : " and ", "stored with other axes (",
                             axis_letters[map.axis[0]], ", ", axis_letters[map.axis[1]], ", ",
                             axis_letters[map.axis[2]], " for x, y, z)");
    }
    return text;
}

std::string place_difference(const core::Volume& mask, const core::Volume& scan) {
    constexpr double angle_tolerance = 0.1;
    std::vector<std::string> parts;
    if (spacings_differ(mask, scan)) {
        parts.push_back(core::concat("its voxels are ", spacing_in_words(mask), " mm instead of ",
                                     spacing_in_words(scan)));
    }
    if (has_default_place(mask) != has_default_place(scan)) {
        parts.push_back(core::concat("the ", has_default_place(mask) ? "mask" : "scan",
                                     "'s header has no place: origin 0, axes not turned"));
        return core::join(parts, ", ");
    }
    const double angle = turn_between(mask, scan);
    if (angle > angle_tolerance) {
        parts.push_back(
            core::concat("its axes are turned by up to ", core::general(angle, 3), " degrees"));
    }
    const Point a = centre_in_mm(mask);
    const Point b = centre_in_mm(scan);
    const double distance = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    if (parts.empty() || distance > *std::ranges::max_element(scan.spacing)) {
        parts.push_back(core::concat("its centre is ", core::general(distance, 3), " mm away"));
    }
    return core::join(parts, ", ");
}

double preference(const core::Volume& scan, const core::Volume& first, const core::Volume& second) {
    const double low = percentile(scan.voxels, 1);
    const double high = percentile(scan.voxels, 99);
    std::array<RunningMean, 4> means{};  // by which of the two have brain
    for (std::size_t i = 0; i < scan.voxels.size(); ++i) {
        const std::size_t which =
            (first.voxels[i] > 0 ? 1U : 0U) | (second.voxels[i] > 0 ? 2U : 0U);
        means[which].add(std::clamp<double>(scan.voxels[i], low, high));
    }
    const auto& [neither, only_first, only_second, both] = means;
    if (std::ranges::any_of(means, [](const RunningMean& mean) { return mean.count == 0; })) {
        return 0;
    }
    // Of less contrast than this between brain and the rest, noise decides.
    constexpr double least_contrast = 0.05;
    const double contrast = both.value() - neither.value();
    if (std::abs(contrast) <= least_contrast * (high - low)) return 0;
    return std::clamp((only_first.value() - only_second.value()) / contrast, -1.0, 1.0);
}

}  // namespace msunet::imaging
