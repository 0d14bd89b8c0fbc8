// SPDX-License-Identifier: Apache-2.0
/// \file
/// Connected components of a mask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// Components of a mask; voxels that touch at a corner are connected.
struct Components {
    std::size_t count = 0;
    std::size_t largest = 0;              ///< voxels of the largest one
    std::uint32_t largest_label = 0;      ///< the first of equally large ones; 0 for an empty mask
    std::vector<std::uint32_t> labels{};  ///< of each voxel: 0 outside of the mask, else 1 to count
};

/// The components of the voxels that are not 0, labelled in the order of their first voxels.
[[nodiscard]] Components components_of(const core::Volume& mask);

}  // namespace msunet::imaging
