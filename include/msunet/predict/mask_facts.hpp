// SPDX-License-Identifier: Apache-2.0
/// What a mask looks like in numbers, and which masks a person should look at.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::predict {

/// A mask in numbers.
struct MaskFacts {
    double volume_mm3 = 0;
    std::size_t voxels = 0;
    std::size_t components = 0;   ///< voxels that touch at a corner belong together
    double largest_share = 0;     ///< of the largest component in all voxels; 0 where it is empty
    bool touches_border = false;  ///< in a slice's outermost rows or columns
};

/// A mask of 0 and 1.
MaskFacts facts_of(const core::Volume& mask);

/// What makes a mask doubtful, in words: "empty", "touches the border", "in 3 pieces" (the largest
/// holds less than 95 % of it). A brain may well be cut by the first and last slice: that counts
/// for nothing.
std::vector<std::string> doubts_about(const MaskFacts& facts);

/// (2 I + ε) / (T + P + ε) over the voxels of two masks of the same size, as in training.
double dice(const core::Volume& reference, const core::Volume& mask);

}  // namespace msunet::predict
