// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "data/warp_window.hpp"

namespace msunet::data {

/// A slice whose mask is an ellipse and whose voxels are a smooth image of it.
struct Ellipse {
    static constexpr std::size_t side = 48;

    std::vector<float> voxels;
    std::vector<std::uint8_t> mask;

    Ellipse() {
        for (std::size_t i = 0; i < side; ++i) {
            for (std::size_t j = 0; j < side; ++j) {
                const double v = (static_cast<double>(i) - 20) / 13;
                const double u = (static_cast<double>(j) - 26) / 9;
                const double r = std::hypot(u, v);
                voxels.push_back(static_cast<float>(1 / (1 + std::exp(12 * (r - 1)))));
                mask.push_back(r < 1 ? 1 : 0);
            }
        }
    }
    [[nodiscard]] SliceView view() const {
        return {.height = side, .width = side, .voxels = voxels, .mask = mask};
    }
};

/// Voxels and masks of samples.
struct Warped {
    std::vector<float> x, y;
};

}  // namespace msunet::data
