// SPDX-License-Identifier: Apache-2.0
/// \file
/// The page of `msunet predict --qc`: outlines on a few slices of every scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace msunet::report {

/// One slice, rows top to bottom.
struct QcSlice {
    std::size_t number = 0;  ///< from 1
    std::size_t count = 0;   ///< slices of the scan
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> gray;       ///< height x width
    std::vector<std::uint8_t> mask;       ///< height x width, 0 or 1
    std::vector<std::uint8_t> reference;  ///< height x width, 0 or 1; empty: no manual mask
    std::vector<std::uint8_t>
        changed{};            ///< height x width, by cleaning, 0 or 1; empty: not cleaned
    double pixel_width = 1;   ///< mm; with pixel_height gives the shape on the page
    double pixel_height = 1;  ///< mm
};

/// One scan's line and pictures.
struct QcScan {
    std::string name;
    std::size_t order = 0;   ///< its place among the scans
    std::string modality{};  ///< empty: unknown
    double volume_mm3 = 0;
    std::size_t components = 0;
    double largest_share = 0;          ///< of the largest component in the mask
    std::vector<std::string> flags{};  ///< why someone should check the mask
    std::optional<double> dice{};      ///< against the manual mask
    std::string compared{};            ///< further agreement with the manual mask, in words
    std::string cleaning{};            ///< what cleaning did, in words; empty: not cleaned
    bool skipped = false;              ///< its results were there before
    std::vector<QcSlice> slices{};
};

/// The rest of the page.
struct QcPage {
    std::string model;  ///< in words: "model first/best_model.hdf5"
    std::string output;
    std::string version;
    std::vector<std::string> problems;  ///< scans that could not be used
};

/// A scan as the page holds it: a JSON text with small pictures, which a rank can make and send.
[[nodiscard]] std::string qc_scan_text(const QcScan& scan);

/// Adds one more reason to check the mask to a text of `qc_scan_text`.
void add_flag(std::string& scan, const std::string& flag);

/// The page of scans given by `qc_scan_text`. Inline CSS, JavaScript and pictures; needs no
/// network.
[[nodiscard]] std::string qc_html(const QcPage& page, std::span<const std::string> scans);

}  // namespace msunet::report
