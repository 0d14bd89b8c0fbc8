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

/// The page: what was swept, on what data and ranks, ranking, curves, Dice by modality, effects of
/// the hyperparameters, timeline, failures, and `pictures` (empty: that section is left out).
/// `scans`: Dice of the best model's whole masks. Inline CSS, JavaScript, SVG and pictures; needs
/// no network.
[[nodiscard]] std::string report_html(const record::SweepRecord& record,
                                      const std::vector<SlicePicture>& pictures = {},
                                      const std::vector<ScanDice>& scans = {});

/// Writes `<folder>/report.html` atomically, with the pictures and the Dice of whole masks that lie
/// in `folder`.
void write_report(const std::filesystem::path& folder, const record::SweepRecord& record);

}  // namespace msunet::report
