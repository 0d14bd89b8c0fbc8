// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where voxels lie, and the two ways to choose a new grid (sizes in integers and doubles only, so
/// that they are the same everywhere). A header (a Volume without voxels) is enough.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

struct PreprocessOptions;

/// Size, spacing (mm) and origin (mm), x first. The direction is the volume's.
struct Grid {
    std::array<std::size_t, 3> size{};
    std::array<double, 3> spacing{1, 1, 1};
    std::array<double, 3> origin{};

    bool operator==(const Grid&) const = default;
};

/// The grid on which `volume` lies.
[[nodiscard]] Grid grid_of(const core::Volume& volume);

/// Mode 2: `target` wide, floor(target * Y / X) high (at least 1), the same slices. The field of
/// view stays: the edges of the volume coincide.
[[nodiscard]] Grid grid_of_target(const core::Volume& volume, std::int64_t target);

/// Mode 1: spacing (`horizontal`, `horizontal`, `interlayer`) in mm, size
/// ceil(size * (spacing / new spacing)), the same origin.
[[nodiscard]] Grid grid_of_spacing(const core::Volume& volume, double horizontal,
                                   double interlayer);

/// The grid that `options` ask for (mode 1 if a spacing is given, else mode 2).
[[nodiscard]] Grid grid_for(const core::Volume& volume, const PreprocessOptions& options);

/// Why the grid that `options` ask for is too large (more than `largest_side` pixels a side) or, of
/// mode 1, has next to nothing left of the volume (fewer than 8 pixels a side or 3 slices), with
/// the header's spacing and advice; nothing if it is fine.
[[nodiscard]] std::optional<std::string> unreasonable(const Grid& grid, const core::Volume& volume,
                                                      const PreprocessOptions& options);

}  // namespace msunet::imaging
