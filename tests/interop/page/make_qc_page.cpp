// SPDX-License-Identifier: Apache-2.0
// make_qc_page FOLDER KIND: writes qc.html of artificial masks into FOLDER; KIND is small (6
// scans), large (1,000) or none (no scan could be used).
#include <cmath>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/report/qc.hpp"

namespace {

using msunet::report::QcScan;
using msunet::report::QcSlice;

/// A bright ellipse with noise, its outline a little off the manual one.
QcSlice made_up_slice(std::size_t number, std::size_t side, double radius,
                      msunet::core::RandomStream& random) {
    QcSlice slice{.number = number,
                  .count = 12,
                  .width = side,
                  .height = side * 3 / 4,
                  .gray = {},
                  .mask = {},
                  .reference = {},
                  .pixel_width = 0.1,
                  .pixel_height = 0.12};
    for (std::size_t y = 0; y < slice.height; ++y) {
        for (std::size_t x = 0; x < slice.width; ++x) {
            const double u = static_cast<double>(x) / static_cast<double>(side) - 0.5;
            const double v = static_cast<double>(y) / static_cast<double>(side) - 0.375;
            const double r = std::hypot(u, 1.3 * v);
            slice.gray.push_back(static_cast<std::uint8_t>(
                (r < radius ? 150 : 40) + 50 * random.uniform() + 40 * std::sin(30 * u)));
            slice.mask.push_back(r < radius * (1 + 0.06 * std::sin(9 * std::atan2(v, u))) ? 1 : 0);
            slice.reference.push_back(r < radius ? 1 : 0);
            const bool speck = u > 0.35 && u < 0.4 && v > 0.2 && v < 0.25;
            slice.changed.push_back(speck ? 1 : 0);
        }
    }
    return slice;
}

QcScan made_up_scan(std::size_t i, std::size_t side, msunet::core::RandomStream& random) {
    const std::vector<std::string> modalities{"anatomical", "dti", "noddi", "fmri"};
    QcScan scan{
        .name = "mouse_" + std::to_string(i / 4 + 1) + "/" + modalities[i % 4] + "/<scan>.nii",
        .order = i,
        .modality = modalities[i % 4],
        .volume_mm3 = 380 + 60 * random.uniform(),
        .components = 1,
        .largest_share = 1,
        .dice = 0.9 + 0.08 * random.uniform(),
        .compared = "Hausdorff 95 % 0.31 mm · surface Dice 0.9312 within 0.10 mm",
        .cleaning = "cleaning removed 1 piece (0.04 mm³)"};
    double radius = 0.25 + 0.05 * random.uniform();
    if (i % 6 == 3) {
        scan.flags = {"touches the border", "in 4 pieces"};
        scan.components = 4;
        scan.largest_share = 0.62;
        scan.dice = 0.71;
    } else if (i % 6 == 1) {
        scan.components = 2;
        scan.largest_share = 0.998;
    } else if (i % 6 == 5) {
        scan.flags = {"empty"};
        scan.components = 0;
        scan.largest_share = 0;
        scan.volume_mm3 = 0;
        scan.dice = 0;
        radius = 0;
    }
    for (std::size_t z = 2; z < 12; z += 3) {
        scan.slices.push_back(made_up_slice(z, side, radius, random));
    }
    return scan;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "make_qc_page FOLDER small|large|none\n";
        return 2;
    }
    const std::string_view kind = argv[2];
    msunet::core::RandomStream random(1);
    std::vector<std::string> scans;
    const std::size_t count = kind == "none" ? 0 : kind == "large" ? 1000 : 6;
    for (std::size_t i = 0; i < count; ++i) {
        scans.push_back(
            msunet::report::qc_scan_text(made_up_scan(i, kind == "large" ? 64 : 256, random)));
    }
    std::filesystem::create_directories(argv[1]);
    msunet::core::write_file_atomically(
        std::filesystem::path(argv[1]) / "qc.html",
        msunet::report::qc_html(
            {.model = "model first/best_model.hdf5",
             .output = "predictions",
             .version = "1.0.0",
             .problems = {"'mouse_9/dti/scan.nii' is truncated, copy it again"}},
            scans));
    return 0;
}
