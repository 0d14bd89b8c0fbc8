// SPDX-License-Identifier: Apache-2.0
#include "data/warp_window.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "data/spline_field.hpp"

namespace msunet::data {

namespace {

/// Intervals of the elastic deformation along a side. It comes first, in the window: control points
/// move by at most two standard deviations, 0.1 of the side at most: less than 0.48 of their
/// distance, so that nothing folds (Choi and Lee 2000, doi:10.1006/gmod.2000.0531).
constexpr std::size_t elastic_intervals = 4;

void copy_window(const SliceView& slice, const PatchIndex::Window& window, bool mirror,
                 std::span<float> x, std::span<float> y) {
    std::size_t at = 0;
    for (std::size_t row = 0; row < window.height; ++row) {
        const std::size_t begin = (window.row + row) * slice.width + window.column;
        for (std::size_t column = 0; column < window.width; ++column, ++at) {
            const std::size_t from = begin + (mirror ? window.width - 1 - column : column);
            x[at] = slice.voxels[from];
            y[at] = static_cast<float>(slice.mask[from]);
        }
    }
}

/// Displacements in pixels along one axis; empty without elastic deformation.
std::vector<float> displacements(const PatchIndex::Window& window, const Warp& warp,
                                 std::size_t side, core::RandomStream& random) {
    if (warp.elastic == 0) return {};
    constexpr std::size_t points_along = control_points(elastic_intervals);
    std::array<float, points_along * points_along> points{};
    for (float& point : points) {
        point = static_cast<float>(warp.elastic * static_cast<double>(side) *
                                   random.truncated_normal());
    }
    return spline_field(points, elastic_intervals, window.height, window.width);
}

/// The four pixels around a place, and how far it lies between them.
class Neighbours {
public:
    Neighbours(const SliceView& slice, float row, float column)
        : slice_(slice),
          row_(std::floor(row)),
          column_(std::floor(column)),
          down_(row - row_),
          right_(column - column_) {}

    template <class T>
    [[nodiscard]] float value(std::span<const T> pixels) const {
        const auto row = static_cast<std::ptrdiff_t>(row_);
        const auto column = static_cast<std::ptrdiff_t>(column_);
        const auto height = static_cast<std::ptrdiff_t>(slice_.height);
        const auto width = static_cast<std::ptrdiff_t>(slice_.width);
        if (row >= 0 && column >= 0 && row + 1 < height && column + 1 < width) {
            const T* upper = pixels.data() + row * width + column;
            return between(upper[0], upper[1], upper[width], upper[width + 1]);
        }
        const auto at = [&](std::ptrdiff_t r, std::ptrdiff_t c) -> T {
            const bool inside = r >= 0 && c >= 0 && r < height && c < width;
            return inside ? pixels[static_cast<std::size_t>(r * width + c)] : T{};
        };
        return between(at(row, column), at(row, column + 1), at(row + 1, column),
                       at(row + 1, column + 1));
    }

private:
    template <class T>
    [[nodiscard]] float between(T upper_left, T upper_right, T lower_left, T lower_right) const {
        const float upper = (1 - right_) * static_cast<float>(upper_left) +
                            right_ * static_cast<float>(upper_right);
        const float lower = (1 - right_) * static_cast<float>(lower_left) +
                            right_ * static_cast<float>(lower_right);
        return (1 - down_) * upper + down_ * lower;
    }

    const SliceView& slice_;
    float row_, column_, down_, right_;
};

/// Where a pixel of the window comes from: a matrix on its place relative to the centre.
struct Origin {
    float row_by_row, row_by_column, column_by_row, column_by_column;
    float centre_row, centre_column;  ///< in the window
};

Origin origin_of(const PatchIndex::Window& window, const Warp& warp) {
    const double cosine = std::cos(warp.angle) / warp.scale;
    const double sine = std::sin(warp.angle) / warp.scale;
    const double mirror = warp.mirror ? -1 : 1;
    // From the window to the slice: mirror, shear, then rotation and scale.
    return {.row_by_row = static_cast<float>(cosine + sine * warp.shear),
            .row_by_column = static_cast<float>(mirror * sine),
            .column_by_row = static_cast<float>(cosine * warp.shear - sine),
            .column_by_column = static_cast<float>(mirror * cosine),
            .centre_row = (static_cast<float>(window.height) - 1) / 2,
            .centre_column = (static_cast<float>(window.width) - 1) / 2};
}

}  // namespace

void warp_window(const SliceView& slice, const PatchIndex::Window& window, const Warp& warp,
                 core::RandomStream& random, std::span<float> x, std::span<float> y) {
    if (warp == Warp{.mirror = warp.mirror}) return copy_window(slice, window, warp.mirror, x, y);
    const auto rows_moved = displacements(window, warp, window.height, random);
    const auto columns_moved = displacements(window, warp, window.width, random);
    const Origin origin = origin_of(window, warp);
    const float first_row = static_cast<float>(window.row) + origin.centre_row;
    const float first_column = static_cast<float>(window.column) + origin.centre_column;
    std::size_t at = 0;
    for (std::size_t i = 0; i < window.height; ++i) {
        for (std::size_t j = 0; j < window.width; ++j, ++at) {
            float down = static_cast<float>(i) - origin.centre_row;
            float right = static_cast<float>(j) - origin.centre_column;
            if (!rows_moved.empty()) {
                down += rows_moved[at];
                right += columns_moved[at];
            }
            const Neighbours neighbours(
                slice, first_row + origin.row_by_row * down + origin.row_by_column * right,
                first_column + origin.column_by_row * down + origin.column_by_column * right);
            x[at] = neighbours.value(slice.voxels);
            y[at] = neighbours.value(slice.mask) >= 0.5F ? 1.0F : 0.0F;
        }
    }
}

}  // namespace msunet::data
