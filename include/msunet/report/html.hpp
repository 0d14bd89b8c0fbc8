// SPDX-License-Identifier: Apache-2.0
/// \file
/// report.html: one self-contained page about a sweep, finished or running.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/start_table.hpp"
#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// A validation slice with the manual mask and the best model's prediction, rows top to bottom.
struct SlicePicture {
    std::string scan;
    core::Modality modality = core::Modality::anatomical;
    std::int64_t slice = 0;  ///< z index in the scan's grid
    double dice = 0;
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> gray;        ///< height x width
    std::vector<std::uint8_t> mask;        ///< height x width, 0 or 1
    std::vector<std::uint8_t> prediction;  ///< height x width, 0 or 1
    double pixel_width = 1;                ///< in mm; with pixel_height gives the aspect ratio
    double pixel_height = 1;
};

/// A stretch of time in which a rank worked on something.
struct RankSpan {
    int rank = 0;
    double start = 0;  ///< Unix seconds
    double end = 0;
    /// The trial, or nothing for other work, which `label` names ("preprocessing").
    std::optional<std::uint64_t> trial{};
    std::string label{};
};

/// Everything the page shows beside the sweep itself. Empty parts leave their section out.
struct ReportPage {
    ResultNames names;
    std::vector<SettingBlock> settings;
    std::optional<DataCounts> data;
    std::vector<std::string> hosts;  ///< host of each rank, by rank
    int ranks = 1;
    std::string devices;  ///< "2 x NVIDIA H100", "CPU"
    std::string version;
    std::vector<RankSpan> timeline;
    std::vector<SlicePicture> pictures;
    /// Whether the sweep still runs (the page then says so), as of `sweep.ended_at`.
    bool running = false;
};

/// The page as text: inline CSS, JavaScript, SVG and pictures, no network.
std::string report_html(const Sweep& sweep, const ReportPage& page);

/// Writes `<folder>/report.html` atomically.
void write_report(const std::filesystem::path& folder, const Sweep& sweep, const ReportPage& page);

}  // namespace msunet::report
