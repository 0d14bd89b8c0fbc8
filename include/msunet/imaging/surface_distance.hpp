// SPDX-License-Identifier: Apache-2.0
/// \file
/// How far the surfaces of two masks lie apart. The surface of a mask are its voxels with a face to
/// a voxel outside of the mask; outside of the volume is outside. A volume of one slice has no
/// faces across it. Distances are those of voxel centres in mm by the spacing of the volume.
#pragma once

#include <optional>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// From each surface voxel of one mask to the nearest of the other, in mm.
struct SurfaceDistances {
    std::vector<float> from_reference;  ///< in the order of the voxels; empty: an empty mask
    std::vector<float> from_mask;
};

/// Distances between two masks of 0 and 1 on the same grid. If one of them is empty, the other's
/// distances are infinite.
[[nodiscard]] SurfaceDistances surface_distances(const core::Volume& reference,
                                                 const core::Volume& mask);

/// The Hausdorff distance (Huttenlocher et al. 1993, doi:10.1109/34.232073) with the 95th
/// percentile instead of the maximum (Taha & Hanbury 2015, doi:10.1186/s12880-015-0068-x): the
/// larger one of the two directed 95th percentiles, in mm. 0 if both masks are empty, nullopt if
/// one is.
[[nodiscard]] std::optional<double> hausdorff95(const SurfaceDistances& distances);

/// The share of both surfaces' voxels that lie within `tolerance` mm of the other surface (Nikolov
/// et al. 2021, doi:10.2196/26151). 1 if both masks are empty, 0 if one is.
[[nodiscard]] double surface_dice(const SurfaceDistances& distances, double tolerance);

}  // namespace msunet::imaging
