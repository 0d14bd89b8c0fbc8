// SPDX-License-Identifier: Apache-2.0
/// \file
/// Volumes as NIfTI files. They are read by io::NiftiFile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

/// The type in which voxels are stored.
enum class StoredAs : std::uint8_t { float32, uint8, int16 };

/// Writes `volume` with its geometry, compressed where the name ends in ".gz". Integer types round
/// to nearest and clamp. The file appears complete or not at all (temporary name, then rename).
/// Throws core::Error (failure) that names the file.
void write_volume(const std::filesystem::path& file, const core::Volume& volume,
                  StoredAs type = StoredAs::float32);

/// Writes 3-D `frames` of equal geometry as one 4-D file, otherwise as write_volume.
void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type = StoredAs::float32);

}  // namespace msunet::imaging
