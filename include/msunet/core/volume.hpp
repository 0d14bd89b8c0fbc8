// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace msunet::core {

/// A 3-D scan or mask in memory and its position in space; needs no imaging library.
struct Volume {
    /// Voxels along x (the slice's width), y (its height), z (the slices).
    std::array<std::size_t, 3> size{};
    /// Millimetres from voxel to voxel, x, y, z.
    std::array<double, 3> spacing{1, 1, 1};
    /// Centre of the first voxel in millimetres, ITK's convention (LPS).
    std::array<double, 3> origin{};
    /// Direction cosines, row by row.
    std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};
    /// size[0] * size[1] * size[2] values, x fastest, then y, then z.
    std::vector<float> voxels;

    [[nodiscard]] std::size_t voxel_count() const { return size[0] * size[1] * size[2]; }
    [[nodiscard]] float& at(std::size_t x, std::size_t y, std::size_t z) {
        return voxels[(z * size[1] + y) * size[0] + x];
    }
    [[nodiscard]] float at(std::size_t x, std::size_t y, std::size_t z) const {
        return voxels[(z * size[1] + y) * size[0] + x];
    }
};

}  // namespace msunet::core
