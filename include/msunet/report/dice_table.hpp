// SPDX-License-Identifier: Apache-2.0
/// \file
/// Predicted masks against manual ones: dice.csv, and the means in a line.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "msunet/core/modality.hpp"

namespace msunet::report {

/// One scan whose predicted mask was compared with a manual one.
struct ScanDice {
    std::string scan;
    std::optional<core::Modality> modality{};  ///< nullopt: unknown
    double dice = 0;
    std::optional<double> hausdorff95{};   ///< mm; nullopt: one mask is empty, or not measured
    std::optional<double> surface_dice{};  ///< nullopt: not measured
    std::optional<double> tolerance{};     ///< mm, of surface_dice
};

/// dice.csv: scan, modality (empty if unknown), dice, hausdorff95_mm (empty if one mask is empty),
/// surface_dice, tolerance_mm.
[[nodiscard]] std::string dice_csv(std::span<const ScanDice> scans);

/// Means and standard deviations of Dice: "anatomical 0.9712 ± 0.0101 (3 scans), unknown modality
/// 0.9401 (1 scan); all 0.9634 ± 0.0172 (4 scans)"; only the last if no modality is known; empty
/// for no scans.
[[nodiscard]] std::string mean_dice_text(std::span<const ScanDice> scans);

/// The same of the Hausdorff distances in mm and of the surface Dice; scans without a value are
/// left out.
[[nodiscard]] std::string mean_hausdorff95_text(std::span<const ScanDice> scans);
[[nodiscard]] std::string mean_surface_dice_text(std::span<const ScanDice> scans);

}  // namespace msunet::report
