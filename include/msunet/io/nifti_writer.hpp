// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one writer of NIfTI files. A result that lies on a scan's grid gets the scan's own header
/// and extensions, byte for byte but for number type, dimensions beyond the third, scaling and
/// cal_*.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::io {

/// The type in which voxels are stored. Integer types round to nearest and clamp; NaN becomes 0.
enum class StoredAs : std::uint8_t { float32, uint8, int16 };

/// What stands before the voxels of a new file (NIfTI-1, little endian): qform and sform alike, in
/// millimetres, from the geometry of `volume`.
[[nodiscard]] std::string nifti_head(const core::Volume& volume);

/// Writes a file frame by frame, compressed where its name ends in ".gz". It appears complete or
/// not at all. Memory: pieces of at most 1 MiB.
class NiftiWriter {
public:
    /// `head`: NiftiFrame::head of a scan, or nifti_head(). Version and byte order stay.
    /// Throws core::FileError, as all members do.
    NiftiWriter(const std::filesystem::path& file, std::string head, std::size_t frames,
                StoredAs type);
    ~NiftiWriter();
    NiftiWriter(const NiftiWriter&) = delete;
    NiftiWriter& operator=(const NiftiWriter&) = delete;

    /// The voxels of the next frame, as many as the head says.
    void add(std::span<const float> voxels);
    /// To be called once, after all frames.
    void commit();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Writes `volume` below the head of the scan on whose grid it lies.
void write_on_scan(const std::filesystem::path& file, const std::string& head,
                   const core::Volume& volume, StoredAs type = StoredAs::float32);

/// Writes `volume` with its geometry.
void write_volume(const std::filesystem::path& file, const core::Volume& volume,
                  StoredAs type = StoredAs::float32);

/// Writes 3-D `frames` of equal geometry as one 4-D file, otherwise as write_volume.
void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type = StoredAs::float32);

}  // namespace msunet::io
