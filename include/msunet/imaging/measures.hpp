// SPDX-License-Identifier: Apache-2.0
/// \file
/// What of a scan and its mask can be compared with other scans.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// Figures of a scan as the network sees it (resampled, values in [0,1]) and of its mask.
struct ScanMeasures {
    double volume_mm3 = 0;    ///< of the mask
    double pixel_mm = 0;      ///< side of a pixel: the geometric mean of width and height
    double centre_x = 0;      ///< where the values lie within the slices, from 0 to 1
    double centre_y = 0;      ///< the same downwards
    double brain = 0;         ///< mean value in the mask; 0 if it is empty
    double surroundings = 0;  ///< mean value elsewhere; 0 if the mask covers everything
    /// How much lower than the values the mask lies within the slices (negative: higher), as
    /// centre_y. An animal that lies upside down has another sign.
    double brain_lower = 0;
    friend bool operator==(const ScanMeasures&, const ScanMeasures&) = default;
};

/// A member of ScanMeasures with its name in files.
struct Measure {
    std::string_view name;
    double ScanMeasures::*value;
};

/// All members, in their order.
inline constexpr std::array<Measure, 7> measures{{{"volume_mm3", &ScanMeasures::volume_mm3},
                                                  {"pixel_mm", &ScanMeasures::pixel_mm},
                                                  {"centre_x", &ScanMeasures::centre_x},
                                                  {"centre_y", &ScanMeasures::centre_y},
                                                  {"brain", &ScanMeasures::brain},
                                                  {"surroundings", &ScanMeasures::surroundings},
                                                  {"brain_lower", &ScanMeasures::brain_lower}}};

/// Measures a scan; `mask` is 0 or 1, as many as voxels.
[[nodiscard]] ScanMeasures measure(const core::Volume& scan, std::span<const std::uint8_t> mask);

}  // namespace msunet::imaging
