// SPDX-License-Identifier: Apache-2.0
/// \file
/// Connected components of a mask.
#pragma once

#include <cstddef>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// Number and size of components; voxels that touch at a corner are connected.
struct Components {
    std::size_t count = 0;
    std::size_t largest = 0;  ///< voxels of the largest one
};

/// The components of the voxels that are not 0.
[[nodiscard]] Components components_of(const core::Volume& mask);

}  // namespace msunet::imaging
