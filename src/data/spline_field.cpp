// SPDX-License-Identifier: Apache-2.0
#include "data/spline_field.hpp"

#include <algorithm>
#include <array>

namespace msunet::data {

namespace {

/// Where a pixel lies between control points, and what each of the four around it weighs.
struct Weights {
    std::size_t first = 0;
    std::array<float, 4> of{};
};

std::vector<Weights> weights_along(std::size_t length, std::size_t intervals) {
    std::vector<Weights> weights(length);
    for (std::size_t i = 0; i < length; ++i) {
        const float place = (static_cast<float>(i) + 0.5F) / static_cast<float>(length) *
                            static_cast<float>(intervals);
        const std::size_t first = std::min(static_cast<std::size_t>(place), intervals - 1);
        const float t = place - static_cast<float>(first);
        const float s = 1 - t;
        weights[i] = {.first = first,
                      .of = {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6,
                             (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6}};
    }
    return weights;
}

}  // namespace

std::vector<float> spline_field(std::span<const float> points, std::size_t intervals,
                                std::size_t height, std::size_t width) {
    const std::size_t side = control_points(intervals);
    const auto along_rows = weights_along(height, intervals);
    const auto along_columns = weights_along(width, intervals);
    std::vector<float> field(height * width);
    std::vector<float> row(side);
    for (std::size_t y = 0; y < height; ++y) {
        const auto& [first, of] = along_rows[y];
        for (std::size_t j = 0; j < side; ++j) {
            row[j] = 0;
            for (std::size_t k = 0; k < 4; ++k) row[j] += of[k] * points[(first + k) * side + j];
        }
        for (std::size_t x = 0; x < width; ++x) {
            const auto& [left, weights] = along_columns[x];
            field[y * width + x] = weights[0] * row[left] + weights[1] * row[left + 1] +
                                   weights[2] * row[left + 2] + weights[3] * row[left + 3];
        }
    }
    return field;
}

}  // namespace msunet::data
