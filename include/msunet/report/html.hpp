// SPDX-License-Identifier: Apache-2.0
/// \file
/// report.html: one self-contained page about a sweep, finished or running.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// A validation slice with the manual mask and the best model's prediction, rows top to bottom.
struct SlicePicture {
    std::string scan;
    core::Modality modality = core::Modality::anatomical;
    std::int64_t slice = 0;  ///< z index in the scan's grid
    double dice = 0;         ///< of this slice
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> gray;        ///< height x width
    std::vector<std::uint8_t> mask;        ///< height x width, 0 or 1
    std::vector<std::uint8_t> prediction;  ///< height x width, 0 or 1
    double pixel_width = 1;                ///< mm; with pixel_height gives the shape on the page
    double pixel_height = 1;               ///< mm

    bool operator==(const SlicePicture&) const = default;
};

/// Pictures as text and back, so that the page can be written again without the network (kept
/// beside the best trial's weights). Reading throws core::InputError on text that isn't such.
std::string pictures_to_json(const std::vector<SlicePicture>& pictures);
std::vector<SlicePicture> pictures_from_json(std::string_view text);

/// The page: what was swept, on what data and ranks, ranking, curves, Dice by modality, effects of
/// the hyperparameters, timeline, failures, and `pictures` (empty: that section is left out).
/// Inline CSS, JavaScript, SVG and pictures; needs no network.
std::string report_html(const record::SweepRecord& record,
                        const std::vector<SlicePicture>& pictures = {});

/// Writes `<folder>/report.html` atomically.
void write_report(const std::filesystem::path& folder, const record::SweepRecord& record,
                  const std::vector<SlicePicture>& pictures = {});

}  // namespace msunet::report
