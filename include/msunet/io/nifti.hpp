// SPDX-License-Identifier: Apache-2.0
#pragma once

// Looks at a NIfTI file's header before ITK reads the voxels, so that a damaged file costs an
// error and not a crash. NIfTI-1, single files (.nii, .nii.gz), both byte orders; NIfTI-2, which
// ITK 5.2 can't read, and .hdr/.img pairs are refused with advice.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace msunet::io {

/// What the header says, verified against the file's length.
struct NiftiHeader {
    bool compressed = false;
    bool big_endian = false;
    /// x, y, z.
    std::array<std::size_t, 3> size{};
    /// 1 for a 3-D volume.
    std::size_t frames = 1;
    /// Millimetres along x, y, z, positive (the header's units are converted).
    std::array<double, 3> spacing{1, 1, 1};
    /// NIfTI's code and its name, e.g. 16 and "float32".
    int data_type = 0;
    std::string_view data_type_name;
    std::size_t bytes_per_voxel = 0;
    /// Where the voxels start in the (unpacked) file, and how many bytes they take.
    std::uint64_t data_offset = 0;
    std::uint64_t data_bytes = 0;

    [[nodiscard]] std::size_t voxels_per_frame() const { return size[0] * size[1] * size[2]; }
    /// Relative cost of preprocessing, to deal out files: bytes to read and voxels to resample.
    [[nodiscard]] double cost() const {
        return static_cast<double>(data_bytes) * (compressed ? 3.0 : 1.0) +
               20.0 * static_cast<double>(voxels_per_frame());
    }
};

/// True for names that end in .nii or .nii.gz, upper and lower case alike.
[[nodiscard]] bool is_nifti_name(std::string_view file_name);

/// Reads and checks the header; unpacks a .nii.gz once to check its length and checksum.
/// Throws InputError with one problem that names the file, what is wrong and what to do.
[[nodiscard]] NiftiHeader check_nifti(const std::filesystem::path& path);

}  // namespace msunet::io
