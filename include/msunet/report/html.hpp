// SPDX-License-Identifier: Apache-2.0
/// \file
/// report.html: one self-contained page about a sweep, finished or running.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/pictures.hpp"

namespace msunet::report {

/// The page: what was swept, on what data and ranks, ranking, curves, Dice by modality, effects of
/// the hyperparameters, timeline, failures, and `pictures` (empty: that section is left out).
/// Inline CSS, JavaScript, SVG and pictures; needs no network.
[[nodiscard]] std::string report_html(const record::SweepRecord& record,
                                      const std::vector<SlicePicture>& pictures = {});

/// Writes `<folder>/report.html` atomically, with the pictures that lie in `folder`.
void write_report(const std::filesystem::path& folder, const record::SweepRecord& record);

}  // namespace msunet::report
