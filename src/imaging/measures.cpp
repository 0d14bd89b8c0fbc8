// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/measures.hpp"

#include <cmath>
#include <cstddef>

namespace msunet::imaging {
namespace {

double quotient(double sum, double count) { return count > 0 ? sum / count : 0; }

}  // namespace

ScanMeasures measure(const core::Volume& scan, std::span<const std::uint8_t> mask) {
    const auto [width, height, depth] = scan.size;
    double sum = 0;
    double sum_x = 0;
    double sum_y = 0;
    double brain = 0;
    double in_brain = 0;
    double mask_y = 0;
    std::size_t at = 0;
    for (std::size_t z = 0; z < depth; ++z) {
        for (std::size_t y = 0; y < height; ++y) {
            for (std::size_t x = 0; x < width; ++x, ++at) {
                const double value = scan.voxels[at];
                sum += value;
                sum_x += value * (static_cast<double>(x) + 0.5);
                sum_y += value * (static_cast<double>(y) + 0.5);
                if (mask[at] == 0) continue;
                brain += value;
                ++in_brain;
                mask_y += static_cast<double>(y) + 0.5;
            }
        }
    }
    const auto& spacing = scan.spacing;
    const double centre_y = quotient(sum_y, sum * static_cast<double>(height));
    return {.volume_mm3 = in_brain * spacing[0] * spacing[1] * spacing[2],
            .pixel_mm = std::sqrt(spacing[0] * spacing[1]),
            .centre_x = quotient(sum_x, sum * static_cast<double>(width)),
            .centre_y = centre_y,
            .brain = quotient(brain, in_brain),
            .surroundings = quotient(sum - brain, static_cast<double>(at) - in_brain),
            .brain_lower = quotient(mask_y, in_brain * static_cast<double>(height)) - centre_y};
}

}  // namespace msunet::imaging
