// SPDX-License-Identifier: Apache-2.0
/// \file
/// From a scan and its mask to the network's input: steps 2 to 6 of preprocessing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

/// Voxels of a resampled mask above this are brain.
inline constexpr float mask_threshold = 0.6F;
/// A slice is kept if one of its normalised voxels is above this.
inline constexpr float slice_threshold = 0.2F;

/// What the outlier rule did.
struct OutlierReport {
    bool skipped = false;  ///< 20 x mean is below the 99th percentile (z-scored): rule not applied
    std::size_t replaced = 0;
};

/// Replaces voxels > 20 x mean (mean in double, comparison in float32), unless 20 x mean is below
/// the 99th percentile.
OutlierReport replace_outliers(std::span<float> voxels, OutlierValue value);

/// numpy.percentile of `values` (linear interpolation), percent in [0,100]; 0 for no values.
[[nodiscard]] double percentile(std::span<const float> values, double percent);

/// numpy.median of `values`; 0 for no values.
[[nodiscard]] double median(std::span<const float> values);

/// (x - min) / (max - min) in float32; a constant volume becomes 0.
void scale_to_unit(std::span<float> voxels);

/// 1 where `mask` > mask_threshold, else 0.
[[nodiscard]] std::vector<std::uint8_t> threshold_mask(std::span<const float> mask);

/// Slices with mask that are not trained on.
struct DroppedSlices {
    std::size_t ends = 0;  ///< the first or the last one
    std::size_t dark = 0;  ///< without a voxel > slice_threshold
    friend bool operator==(const DroppedSlices&, const DroppedSlices&) = default;
};

/// The slices of a scan that are trained on.
struct SliceSelection {
    std::vector<std::size_t> kept;  ///< numbers (z), ascending
    DroppedSlices dropped;
};

/// Selects the slices with a voxel > slice_threshold, the first and the last as `ends` says.
/// `volume` is normalised; `mask` is 0 or 1, as many as voxels.
[[nodiscard]] SliceSelection select_slices(const core::Volume& volume,
                                           std::span<const std::uint8_t> mask, EndSlices ends);

/// A normalised scan.
struct NormalisedVolume {
    core::Volume volume;  ///< values in [0,1] on the new grid
    OutlierReport outliers;
};

/// A normalised pair. Voxel (x, y, z) of both is at (z * height + y) * width + x.
struct NormalisedPair {
    core::Volume volume;             ///< values in [0,1] on the new grid
    std::vector<std::uint8_t> mask;  ///< 0 or 1, as many as voxels
    SliceSelection slices;
    OutlierReport outliers;
};

/// Resamples and normalises a scan (steps 2, 4 and 5).
[[nodiscard]] NormalisedVolume normalise_volume(const core::Volume& volume, const Grid& grid,
                                                OutlierValue value);

/// Resamples and normalises a scan and its {0,1} mask of the same size, and selects slices (steps
/// 2 to 6). The scan's geometry is used for both.
[[nodiscard]] NormalisedPair normalise_pair(const core::Volume& volume, const core::Volume& mask,
                                            const Grid& grid, OutlierValue value, EndSlices ends);

}  // namespace msunet::imaging
