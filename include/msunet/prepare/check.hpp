// SPDX-License-Identifier: Apache-2.0
/// Checks of single files and pairs before anything is computed from them. Pure but for reading.
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

/// Problems and warnings about files, each one line: file, what is wrong, what to do.
struct Findings {
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
};

/// A header that passed, with ITK's geometry.
struct CheckedHeader {
    core::Volume geometry;  ///< without voxels; of a 4-D file that of one frame
    std::int64_t frames = 1;
    std::string component;  ///< type in the file, e.g. "int16"
};

/// io's NIfTI header check, then the geometry as ITK reads it; nullopt with a problem otherwise.
std::optional<CheckedHeader> check_header(const std::filesystem::path& file, Findings& findings);

/// A pair as its headers describe it.
struct PairGeometry {
    CheckedHeader data;
    imaging::Grid grid;  ///< after resampling
};

/// Headers of a pair: each by itself, then sizes against each other, geometry (a warning), frames
/// (a warning), the size after resampling, fixed patches against it. `fixed_patches`: sizes in
/// pixels; empty with fractional patches.
std::optional<PairGeometry> check_pair_headers(const std::filesystem::path& data,
                                               const std::filesystem::path& mask,
                                               const imaging::PreprocessOptions& options,
                                               const std::vector<std::int64_t>& fixed_patches,
                                               Findings& findings);

/// Volume (the frame taken) and its {0,1} mask.
struct LoadedPair {
    core::Volume volume;
    core::Volume mask;
};

/// Reads both and checks the voxels (finite, not constant; mask binary; an empty mask warns).
std::optional<LoadedPair> load_pair(const std::filesystem::path& data,
                                    const std::filesystem::path& mask, std::int64_t frame,
                                    Findings& findings);

/// Reads one volume without a mask, for prediction: header and voxels checked.
/// Throws core::InputError.
core::Volume load_scan(const std::filesystem::path& file, std::int64_t frame, Findings& findings);

}  // namespace msunet::prepare
