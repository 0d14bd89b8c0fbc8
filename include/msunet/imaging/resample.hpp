// SPDX-License-Identifier: Apache-2.0
/// \file
/// Resampling, to the bit what SimpleITK's ResampleImageFilter gives on float32.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/grid.hpp"

namespace msunet::imaging {

/// Bounds the threads that filters of this process use (many ranks share a node); 1 at least. Call
/// it before the first filter. Results do not depend on it.
void set_threads(int threads);

/// `volume` on `grid`, linear interpolation, 0 outside, direction as in `volume`.
[[nodiscard]] core::Volume resample(const core::Volume& volume, const Grid& grid);

/// `volume` on the voxels of `like` (its direction too): the way back from a resampled grid. Voxels
/// beyond the grid's edge, where its spacing did not divide the field of view, get the nearest
/// value.
[[nodiscard]] core::Volume resample_like(const core::Volume& volume, const core::Volume& like);

}  // namespace msunet::imaging
