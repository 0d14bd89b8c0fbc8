// SPDX-License-Identifier: Apache-2.0
/// Small volumes of random size, spacing, origin and orientation.
#pragma once

#include <cmath>

#include "msunet/core/random.hpp"
#include "msunet/core/volume.hpp"

namespace msunet::testing {

/// A rotation about a random axis by a random angle, perhaps with a flip, row by row.
inline std::array<double, 9> random_direction(core::RandomStream& random) {
    double x = random.normal();
    double y = random.normal();
    double z = random.normal();
    const double length = std::sqrt(x * x + y * y + z * z);
    x /= length;
    y /= length;
    z /= length;
    const double angle = random.uniform(-3, 3);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double flip = random.chance(0.5) ? -1 : 1;
    return {flip * (c + x * x * (1 - c)),     x * y * (1 - c) - z * s, x * z * (1 - c) + y * s,
            flip * (y * x * (1 - c) + z * s), c + y * y * (1 - c),     y * z * (1 - c) - x * s,
            flip * (z * x * (1 - c) - y * s), z * y * (1 - c) + x * s, c + z * z * (1 - c)};
}

/// A volume without voxels' values: sizes 5 to 20, spacings 0.05 to 1.5 mm.
inline core::Volume random_geometry(core::RandomStream& random) {
    core::Volume volume;
    for (std::size_t i = 0; i < 3; ++i) {
        volume.size[i] = 5 + random.below(16);
        volume.spacing[i] = random.uniform(0.05, 1.5);
        volume.origin[i] = random.uniform(-20, 20);
    }
    volume.direction = random_direction(random);
    volume.voxels.assign(volume.voxel_count(), 0.0F);
    return volume;
}

/// As random_geometry, with voxels uniform in [0, 1000).
inline core::Volume random_volume(core::RandomStream& random) {
    core::Volume volume = random_geometry(random);
    for (float& voxel : volume.voxels) voxel = static_cast<float>(random.uniform(0, 1000));
    return volume;
}

/// Where the voxel at index (x, y, z), which may be fractional, lies in mm.
inline std::array<double, 3> place_of(const core::Volume& volume,
                                      const std::array<double, 3>& index) {
    std::array<double, 3> place = volume.origin;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            place[i] += volume.direction[3 * i + j] * volume.spacing[j] * index[j];
        }
    }
    return place;
}

}  // namespace msunet::testing
