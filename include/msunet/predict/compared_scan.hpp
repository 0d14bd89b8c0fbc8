// SPDX-License-Identifier: Apache-2.0
/// \file
/// A predicted mask against the manual one.
#pragma once

#include <optional>
#include <string>

#include "msunet/core/modality.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/report/scan_dice.hpp"

namespace msunet::predict {

/// The scan's row of dice.csv. `tolerance`: mm, of the surface Dice; nullopt: the larger side of a
/// pixel of `mask`.
[[nodiscard]] report::ScanDice compared_scan(std::string scan,
                                             std::optional<core::Modality> modality,
                                             const core::Volume& reference,
                                             const core::Volume& mask,
                                             std::optional<double> tolerance);

}  // namespace msunet::predict
