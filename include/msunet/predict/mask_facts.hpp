// SPDX-License-Identifier: Apache-2.0
/// \file
/// Measures of a mask, and which masks a person should inspect.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::predict {

/// Measures of a mask.
struct MaskFacts {
    double volume_mm3 = 0;
    std::size_t voxels = 0;
    std::size_t components = 0;  ///< voxels that touch at a corner belong together
    double largest_share =
        0;  ///< of the mask's voxels, in the largest component; 0 for an empty mask
    bool touches_border = false;  ///< in a slice's outermost rows or columns
};

/// Measures a mask of 0 and 1.
[[nodiscard]] MaskFacts facts_of(const core::Volume& mask);

/// What makes a mask doubtful, in words: "empty", "touches the border", "in 3 pieces" (the largest
/// holds less than 95 % of it). A brain that is cut by the first or last slice is normal and not
/// doubtful.
[[nodiscard]] std::vector<std::string> doubts_about(const MaskFacts& facts);

/// (2 I + ε) / (T + P + ε) over the voxels of two masks of the same size, as in training.
[[nodiscard]] double dice(const core::Volume& reference, const core::Volume& mask);

}  // namespace msunet::predict
