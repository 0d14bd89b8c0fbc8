// SPDX-License-Identifier: Apache-2.0
/// \file
/// The header of a NIfTI file, checked so that a damaged file costs an error and not a crash. What
/// only says where the voxels lie refuses nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::io {

/// Numbers that a NIfTI file can store, one a voxel.
enum class NumberType : std::uint8_t {
    uint8,
    int8,
    uint16,
    int16,
    uint32,
    int32,
    uint64,
    int64,
    float32,
    float64
};

/// The type's name, e.g. "float32".
[[nodiscard]] std::string_view name_of(NumberType type);
/// Bytes of one number.
[[nodiscard]] std::size_t bytes_of(NumberType type);

/// What a header that passed the check says.
struct NiftiHeader {
    bool big_endian = false;
    std::array<std::size_t, 3> size{};  ///< voxels along x, y, z
    std::size_t frames = 1;             ///< 1 for a 3-D volume
    NumberType type = NumberType::float32;
    std::uint64_t data_offset = 0;  ///< where the voxels start in the (unpacked) file
    /// A voxel's value is slope * number + intercept; slope is never 0.
    double slope = 1;
    double intercept = 0;
    /// Size, spacing (mm), origin and direction of a frame; without voxels.
    core::Volume geometry{};
    /// What is unusual about spacing, position and units: the field, its value, what is made of it.
    std::vector<std::string> remarks{};

    [[nodiscard]] std::size_t voxels_per_frame() const { return size[0] * size[1] * size[2]; }
    [[nodiscard]] std::uint64_t frame_bytes() const { return voxels_per_frame() * bytes_of(type); }
    [[nodiscard]] std::uint64_t data_bytes() const { return frame_bytes() * frames; }
};

/// Length in bytes of the header that begins with `first_bytes`: NIfTI-2's or, for all else, that
/// of NIfTI-1, which is shorter.
[[nodiscard]] std::size_t nifti_header_bytes(std::string_view first_bytes = {});

/// Reads the first bytes of the (unpacked) file `path`, which messages name. NIfTI-1 and NIfTI-2 in
/// a single file, both byte orders. A fifth and further dimension count as the fourth where that is
/// 1. Pairs of .hdr and .img, Analyze files, and voxels of several numbers are refused with advice.
/// Throws core::InputError with one problem.
[[nodiscard]] NiftiHeader parse_nifti_header(const std::filesystem::path& path,
                                             std::string_view bytes);

/// True for names that end in .nii or .nii.gz, upper and lower case alike.
[[nodiscard]] bool is_nifti_name(std::string_view file_name);

}  // namespace msunet::io
