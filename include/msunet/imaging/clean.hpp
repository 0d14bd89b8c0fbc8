// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cleaning of a mask: its largest piece without holes.
#pragma once

#include <cstddef>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// What cleaning changed in a mask.
struct Cleaning {
    core::Volume changed;     ///< 1 where a voxel was removed or filled, else 0
    std::size_t pieces = 0;   ///< that were removed
    std::size_t removed = 0;  ///< voxels
    std::size_t filled = 0;   ///< voxels
};

/// Keeps the largest piece of a mask of 0 and 1 (`components_of`; of equally large ones the first
/// in the order of the voxels) and fills its holes in 3-D: background without a path through the
/// faces of voxels to the border of the volume; of a volume of one slice, through the edges of
/// pixels to the border of the slice. An empty mask stays empty.
Cleaning keep_largest_without_holes(core::Volume& mask);

}  // namespace msunet::imaging
