// SPDX-License-Identifier: Apache-2.0
/// \file
/// Checks on volumes and masks in memory. They report; the caller decides and names the files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

/// Makes a mask of {0,1} or {0,255}, each within 0.001, into {0,1}. Any other content leaves `mask`
/// as it is and returns a text with its distinct values, e.g. "values 0, 1, 2, 3, 7, ... (12 in
/// all)".
[[nodiscard]] std::optional<std::string> make_binary(core::Volume& mask);

/// Why `volume` can't be used, e.g. "17 of its 81920 voxels are NaN or infinite", "all its voxels
/// are 0"; nothing if it is fine.
[[nodiscard]] std::optional<std::string> unusable(const core::Volume& volume);

/// Why the spacing can't be that of a rodent's scan (0.005 to 5 mm along each axis), with the
/// factor by which it is likely wrong; nothing if it can.
[[nodiscard]] std::optional<std::string> implausible_spacing(const core::Volume& geometry);

/// Why slices along `axis` are hardly those of the scanner, with advice: along another axis of the
/// file, whose geometry is given, the spacing is 1.5 times as large; nothing if it is not.
[[nodiscard]] std::optional<std::string> implausible_slice_axis(const core::Volume& geometry,
                                                                SliceAxis axis);

/// How many voxels of a {0,1} mask lie in the outermost rows and columns of slices.
[[nodiscard]] std::size_t voxels_at_border(const core::Volume& mask);

/// Why a {0,1} mask can't be that of a brain, and what to do: it is empty, has no
/// background, or looks inverted (most of the outermost rows and columns of its slices are 1);
/// nothing if it looks fine.
[[nodiscard]] std::optional<std::string> implausible_mask(const core::Volume& mask);

/// How the sizes differ, e.g. "80x80x16 against 80x80x17"; nothing if they agree.
[[nodiscard]] std::optional<std::string> size_difference(const core::Volume& volume,
                                                         const core::Volume& mask);

}  // namespace msunet::imaging
