// SPDX-License-Identifier: Apache-2.0
/// NIfTI volumes in and out. Readers throw core::InputError, writers core::Error (failure), with
/// one line that names the file, what is wrong and what to do. Headers ought to have passed io's
/// NIfTI check before they are read here.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// A volume as read, and what became of its fourth dimension.
struct LoadedVolume {
    core::Volume volume;      ///< 3-D, float32; voxels empty if only the header was asked for
    std::int64_t frames = 1;  ///< frames in the file; 1 if it is 3-D
    std::int64_t frame = 0;   ///< the frame taken
    bool frame_was_missing = false;  ///< fewer frames than asked for: the last one was taken
    std::string component;           ///< type in the file, e.g. "int16"
};

/// Reads size, spacing (mm), origin and direction as ITK gives them, without the voxels. A 4-D file
/// gives the geometry of its frames.
LoadedVolume read_header(const std::filesystem::path& file);

/// Reads `file` as float32; of a 4-D file frame number `frame` (from 0) or, where it has fewer,
/// the last. Scale factors of the header are applied as ITK does.
LoadedVolume read_volume(const std::filesystem::path& file, std::int64_t frame = 7);

/// Reads a mask with the values {0,1} or {0,255} as {0,1}. Other values are an error that shows
/// them. An empty mask (all 0) is no error. Of a 4-D mask `frame` is taken as for volumes.
LoadedVolume read_mask(const std::filesystem::path& file, std::int64_t frame = 7);

/// How write_volume stores voxels.
enum class StoredAs : std::uint8_t { float32, uint8, int16 };

/// Writes `volume` with its geometry, compressed where the name ends in ".gz". Integer types round
/// to nearest and clamp. The file appears complete or not at all (temporary name, then rename).
void write_volume(const std::filesystem::path& file, const core::Volume& volume,
                  StoredAs type = StoredAs::float32);

/// Writes 3-D `frames` of equal geometry as one 4-D file, otherwise as write_volume.
void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type = StoredAs::float32);

}  // namespace msunet::imaging
