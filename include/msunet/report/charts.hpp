// SPDX-License-Identifier: Apache-2.0
/// \file
/// A line chart as SVG and PNG, and the files of a pca_only trial.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace msunet::report {

/// One line through points (x, y), with axes, ticks, grid and labels.
struct Chart {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<double> x{};
    std::vector<double> y{};
    std::size_t width = 1280;  ///< pixels
    std::size_t height = 800;  ///< pixels
};

/// The chart as an SVG file's text. Axes cover the data and end at round numbers; letters are
/// outlines, so that it looks the same wherever it is shown. Throws core::Error.
[[nodiscard]] std::string chart_svg(const Chart& chart);

/// The same picture as a PNG file's bytes. Throws core::Error.
[[nodiscard]] std::string chart_png(const Chart& chart);

/// Writes `pca_cumsum.npy` (float64, shape (components,)) and the charts `pca_full_range` and
/// `pca_excl_early_range` (components from 20 on; without any, empty axes), each as `.svg` and
/// `.png`, into `folder`. `cumulative` is the cumulative explained variance ratio, as scikit-learn
/// orders it. Returns the files' names. Throws core::Error.
std::vector<std::string> write_pca(const std::filesystem::path& folder,
                                   std::span<const double> cumulative);

}  // namespace msunet::report
