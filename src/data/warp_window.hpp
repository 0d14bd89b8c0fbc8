// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "msunet/core/random.hpp"
#include "msunet/data/augmentation_draw.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {

/// A slice with its mask, (height, width).
struct SliceView {
    std::size_t height = 0;
    std::size_t width = 0;
    std::span<const float> voxels;
    std::span<const std::uint8_t> mask;
};

/// Writes the transformed window (window.height, window.width) of a slice: voxels by linear
/// interpolation into `x`, masks into `y`, 1 where the interpolated mask is at least 0.5. Pixels
/// from outside of the window are those of the slice, outside of the slice 0. `random` gives the
/// control points of the elastic deformation.
void warp_window(const SliceView& slice, const PatchIndex::Window& window, const Warp& warp,
                 core::RandomStream& random, std::span<float> x, std::span<float> y);

}  // namespace msunet::data
