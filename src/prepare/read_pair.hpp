// SPDX-License-Identifier: Apache-2.0
/// \file
/// A scan and its mask: what their headers say together, and their voxels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/problem.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/imaging/axes.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::prepare {

/// The files of a pair.
struct PairFiles {
    std::filesystem::path data;
    std::filesystem::path mask;
};

/// What pairs are checked against and become.
struct PairRules {
    imaging::PreprocessOptions preprocess;
    imaging::MaskGeometry mask_geometry = imaging::MaskGeometry::automatic;
    std::vector<std::int64_t> fixed_patches;  ///< sizes in pixels; empty with fractional patches
};

/// A pair as its headers describe it.
struct PairGeometry {
    imaging::Grid before;  ///< of the scan's file
    imaging::Grid after;   ///< after resampling
    double reading_cost = 0;
};

/// A volume and its mask of the same size and geometry.
struct LoadedPair {
    core::Volume volume;
    core::Volume mask;
    std::string head;  ///< of the scan's file, as io::NiftiFrame: copies are written below it
};

/// A pair after its files were read.
struct PairContent {
    PairGeometry geometry;
    LoadedPair voxels;
    std::string data_hash;  ///< of the scan's file, as io::NiftiFrame
    std::string mask_hash;
};

/// Opens both files for their headers only; nothing if the pair can't be used. What is wrong is
/// said by read_pair.
[[nodiscard]] std::optional<PairGeometry> survey_pair(const PairFiles& files,
                                                      const PairRules& rules);

/// Opens both files, checks them by themselves and against each other, the size after resampling,
/// fixed patches against it, reads all of their bytes and puts the mask in the scan's order.
/// Nothing, with problems, if the pair can't be used; each file whose own header is fine is read
/// even then.
[[nodiscard]] std::optional<PairContent> read_pair(const PairFiles& files, const PairRules& rules,
                                                   Findings& findings);

/// What is wrong with slices of this grid for fixed patches; nothing if they fit.
[[nodiscard]] std::optional<core::Problem> too_small_for_patches(
    const std::filesystem::path& file, const imaging::Grid& grid,
    const imaging::PreprocessOptions& options, const std::vector<std::int64_t>& fixed_patches);

}  // namespace msunet::prepare
