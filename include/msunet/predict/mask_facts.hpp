// SPDX-License-Identifier: Apache-2.0
/// \file
/// Measures of a mask, and which masks are flagged: a person should inspect them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/core/volume.hpp"

namespace msunet::predict {

/// Measures of a mask.
struct MaskFacts {
    double volume_mm3 = 0;
    std::size_t voxels = 0;
    std::size_t components = 0;  ///< voxels that touch at a corner belong together
    double largest_share =
        0;  ///< of the mask's voxels, in the largest component; 0 for an empty mask
    /// More than 0.4 % of its voxels lie in the outermost rows and columns of slices.
    bool touches_border = false;
    bool covers_all = false;  ///< nearly all voxels
    /// The first slice (from 0) whose mask hardly overlaps with that of the slice before it, both
    /// between the first and the last one with mask.
    std::optional<std::size_t> jump{};
};

/// Measures a mask of 0 and 1.
[[nodiscard]] MaskFacts facts_of(const core::Volume& mask);

/// Why a mask is flagged, in words: "empty", "touches the border", "in 3 pieces" (the largest holds
/// less than 95 % of it), "jumps between slices 4 and 5". A brain that is cut by the first or last
/// slice is normal.
[[nodiscard]] std::vector<std::string> flags_of(const MaskFacts& facts);

/// The reason to check a mask of which cleaning changed more than 5 %, in words; else nothing.
/// `changed`: voxels that were removed or filled; `before`: voxels of the mask before that.
[[nodiscard]] std::optional<std::string> flag_of_cleaning(std::size_t changed, std::size_t before);

/// A mask of a run, as far as it is compared with the others.
struct RunMask {
    std::optional<core::Modality> modality{};
    double volume_mm3 = 0;
};

/// For each mask, "volume 812 mm³, median of fmri in this run 1750" where it is far from the median
/// of at least `fewest_for_median` masks of its modality; else an empty text.
[[nodiscard]] std::vector<std::string> far_from_median(std::span<const RunMask> masks);
inline constexpr std::size_t fewest_for_median = 5;

/// (2 I + ε) / (T + P + ε) over the voxels of two masks of the same size, as in training.
[[nodiscard]] double dice(const core::Volume& reference, const core::Volume& mask);

}  // namespace msunet::predict
