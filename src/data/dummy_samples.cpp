// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/dummy_samples.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "msunet/core/random.hpp"

namespace msunet::data {

Dataset dummy_samples(std::int64_t samples, std::int64_t height, std::int64_t width) {
    core::RandomStream random(1);
    std::vector<Slice> slices;
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
    const double radius = 0.3 * static_cast<double>(std::min(height, width));
    for (std::int64_t i = 0; i < samples; ++i) {
        slices.push_back({.height = static_cast<std::uint32_t>(height),
                          .width = static_cast<std::uint32_t>(width),
                          .offset = voxels.size()});
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x) {
                const bool inside = std::hypot(static_cast<double>(2 * y - height) / 2,
                                               static_cast<double>(2 * x - width) / 2) < radius;
                masks.push_back(inside ? 1 : 0);
                voxels.push_back(static_cast<float>(0.5 * random.uniform() + (inside ? 0.5 : 0.0)));
            }
        }
    }
    return Dataset::from_vectors({{.name = "dummy"}}, std::move(slices), std::move(voxels),
                                 std::move(masks));
}

}  // namespace msunet::data
