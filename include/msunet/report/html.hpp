// SPDX-License-Identifier: Apache-2.0
/// \file
/// report.html: one self-contained page about a sweep, finished or running.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/pictures.hpp"
#include "msunet/report/scan_dice.hpp"

namespace msunet::report {

/// The training of a cross-validation's best permutation on all scans.
struct RefitNote {
    bool left = false;   ///< it has not ended
    std::string text{};  ///< how far it is, or why it failed; empty: there is none
};

/// The page: what was swept, on what data and ranks, ranking, curves, Dice by modality, effects of
/// the hyperparameters, timeline, failures, and `pictures` (empty: that section is left out).
/// `scans`: Dice of the best model's whole masks. Inline CSS, JavaScript, SVG and pictures; needs
/// no network.
[[nodiscard]] std::string report_html(const record::SweepRecord& record,
                                      const std::vector<SlicePicture>& pictures = {},
                                      const std::vector<ScanDice>& scans = {},
                                      const RefitNote& refit = {});

/// Writes `<folder>/report.html` atomically, with the pictures and the Dice of whole masks that lie
/// in `folder`.
void write_report(const std::filesystem::path& folder, const record::SweepRecord& record,
                  const RefitNote& refit = {});

}  // namespace msunet::report
