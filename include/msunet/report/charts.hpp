// SPDX-License-Identifier: Apache-2.0
/// \file
/// A line chart as PNG, and the files of a pca_only permutation.
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

/// The chart as a PNG file's bytes. Axes cover the data and end at round numbers.
std::string draw_chart(const Chart& chart);

/// Writes `pca_cumsum.npy` (float64, shape (components,)), `pca_full_range.png` and
/// `pca_excl_early_range.png` (components from 20 on; without any, empty axes) into `folder`.
/// `cumulative` is the cumulative explained variance ratio, as scikit-learn orders it. Returns the
/// files' names.
std::vector<std::string> write_pca(const std::filesystem::path& folder,
                                   std::span<const double> cumulative);

}  // namespace msunet::report
