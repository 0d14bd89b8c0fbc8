// SPDX-License-Identifier: Apache-2.0
/// \file
/// A predicted mask against the manual one.
#pragma once

#include <optional>
#include <string>

#include "msunet/codec/fields.hpp"
#include "msunet/core/modality.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/report/dice_table.hpp"

namespace msunet::report {

template <class Archive, codec::Is<ScanDice> T>
void fields(Archive& archive, T& scan) {
    archive("scan", scan.scan);
    archive("modality", scan.modality);
    archive("dice", scan.dice);
    archive("hausdorff95", scan.hausdorff95);
    archive("surface_dice", scan.surface_dice);
    archive("tolerance", scan.tolerance);
}

}  // namespace msunet::report

namespace msunet::app {

/// The scan's row of dice.csv. `tolerance`: mm, of the surface Dice; nullopt: the larger side of a
/// pixel of `mask`.
[[nodiscard]] report::ScanDice compared_scan(std::string scan,
                                             std::optional<core::Modality> modality,
                                             const core::Volume& reference,
                                             const core::Volume& mask,
                                             std::optional<double> tolerance);

}  // namespace msunet::app
