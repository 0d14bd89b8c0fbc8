// SPDX-License-Identifier: Apache-2.0
/// The pieces of a mask.
#pragma once

#include <cstddef>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// Connected components: voxels that touch, at a corner at least.
struct Components {
    std::size_t count = 0;
    std::size_t largest = 0;  ///< voxels of the largest one
};

/// The components of the voxels that are not 0.
Components components_of(const core::Volume& mask);

}  // namespace msunet::imaging
