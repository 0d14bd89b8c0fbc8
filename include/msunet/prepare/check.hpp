// SPDX-License-Identifier: Apache-2.0
/// Checks of single files and pairs before anything is computed from them. They read, report and go
/// on, so that all bad files are listed at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::prepare {

/// What was found about files, each one line: file, what is wrong, what to do.
struct Findings {
    std::vector<std::string> problems;  ///< end the run
    std::vector<std::string> warnings;
};

/// A header that passed, with ITK's geometry.
struct CheckedHeader {
    core::Volume geometry;  ///< without voxels; of a 4-D file that of one frame
    std::int64_t frames = 1;
    double cost = 0;  ///< of reading, relative
};

/// io's NIfTI header check, then the geometry as ITK reads it; nothing, with a problem, if either
/// fails.
std::optional<CheckedHeader> check_header(const std::filesystem::path& file, Findings& findings);

/// The files of a pair.
struct PairFiles {
    std::filesystem::path data;
    std::filesystem::path mask;
};

/// A pair as its headers describe it.
struct PairGeometry {
    imaging::Grid before;  ///< of the volume's file
    imaging::Grid after;   ///< after resampling
    double reading_cost = 0;
};

/// Headers of a pair: each by itself, sizes against each other, geometry and number of frames
/// (warnings), the size after resampling, fixed patches against it.
/// `fixed_patches`: sizes in pixels; empty with fractional patches.
std::optional<PairGeometry> check_pair_headers(const PairFiles& files,
                                               const imaging::PreprocessOptions& options,
                                               const std::vector<std::int64_t>& fixed_patches,
                                               Findings& findings);

/// What is wrong with slices of this grid for fixed patches; nothing if they fit.
std::optional<std::string> too_small_for_patches(const std::filesystem::path& file,
                                                 const imaging::Grid& grid,
                                                 const std::vector<std::int64_t>& fixed_patches);

/// Reads a volume (the frame taken) whose header passed, and checks that its voxels are finite and
/// not constant.
std::optional<core::Volume> load_volume(const std::filesystem::path& file, std::int64_t frame,
                                        Findings& findings);

/// Reads a mask of {0,1} or {0,255} as {0,1}, whose header passed. An empty one is a warning.
std::optional<core::Volume> load_mask(const std::filesystem::path& file, std::int64_t frame,
                                      Findings& findings);

/// A volume and its mask of the same size.
struct LoadedPair {
    core::Volume volume;
    core::Volume mask;
};

/// Both of them, if both are fine.
std::optional<LoadedPair> load_pair(const PairFiles& files, std::int64_t frame, Findings& findings);

/// One scan without a mask, for prediction: header, frame, voxels and the size after resampling
/// checked; nothing, with problems, if it can't be used.
std::optional<core::Volume> load_scan(const std::filesystem::path& file,
                                      const imaging::PreprocessOptions& options,
                                      Findings& findings);

}  // namespace msunet::prepare
