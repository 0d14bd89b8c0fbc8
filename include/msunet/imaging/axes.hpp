// SPDX-License-Identifier: Apache-2.0
/// \file
/// Orders in which the same voxels can be stored, and how a mask lies against its scan: by their
/// headers and by their voxels.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

/// An order of axes: for each new axis the old one, and whether it runs backwards.
struct AxisMap {
    std::array<std::size_t, 3> axis{0, 1, 2};
    std::array<bool, 3> flipped{};

    bool operator==(const AxisMap&) const = default;
    [[nodiscard]] bool is_identity() const { return *this == AxisMap{}; }
};

/// The same voxels at the same places in another order; of a volume without voxels the geometry.
[[nodiscard]] core::Volume reordered(core::Volume volume, const AxisMap& map);

/// The order in which the slices of a file lie along z; the other two axes keep their order.
[[nodiscard]] AxisMap slices_last(SliceAxis axis);

/// The way back: reordered(reordered(volume, map), inverse(map)) is `volume`.
[[nodiscard]] AxisMap inverse(const AxisMap& map);

/// The order of a mask's axes in which its voxels lie within half a voxel of the scan's, by the
/// geometry of both; nothing where there is none.
[[nodiscard]] std::optional<AxisMap> order_like(const core::Volume& mask, const core::Volume& scan);

/// "mirrored left-right and stored with other axes (y, x, z for x, y, z)": how a mask lies that
/// `map`, which is not the identity, puts in the order of `scan`.
[[nodiscard]] std::string order_text(const AxisMap& map, const core::Volume& scan);

/// How the places of two volumes differ that no order reconciles: "its centre is 3.2 mm away", "its
/// axes are turned by up to 12 degrees", "its voxels are 1 x 1 x 1 mm instead of 0.1 x 0.1 x 0.5".
[[nodiscard]] std::string place_difference(const core::Volume& mask, const core::Volume& scan);

/// Which of two {0,1} masks of the scan's size fits it: from 1 (the first) to -1 (the second).
/// Where only one of them has brain, the mean of the scan is compared with its mean where both have
/// and where neither has: brain must look like brain. 0 where the scan can't tell.
[[nodiscard]] double preference(const core::Volume& scan, const core::Volume& first,
                                const core::Volume& second);

/// Nearer to 0 than this, `preference` is undecided. How it was measured: docs/formats.md.
inline constexpr double decided_preference = 0.1;

}  // namespace msunet::imaging
