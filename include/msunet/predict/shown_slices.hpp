// SPDX-License-Identifier: Apache-2.0
/// \file
/// A few slices of a scan that show how good its mask is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::predict {

/// At most `count` slices (z, ascending), spread evenly over those with brain; over all slices
/// where the mask is empty.
[[nodiscard]] std::vector<std::size_t> shown_slices(const core::Volume& mask, std::size_t count);

/// `slices`, one of which gives way to the slice that `changed` (0 or 1) changes most if none of
/// them is changed: a neighbour, so that they stay spread.
[[nodiscard]] std::vector<std::size_t> with_a_change(std::vector<std::size_t> slices,
                                                     const core::Volume& changed);

/// The scan's values as grey: its 1st percentile and below are 0, its 99th and above 255.
[[nodiscard]] std::vector<std::uint8_t> gray_of(const core::Volume& scan);

/// Slice z (height, width) of a mask as bytes, 0 or 1.
[[nodiscard]] std::vector<std::uint8_t> mask_slice(const core::Volume& mask, std::size_t z);

}  // namespace msunet::predict
