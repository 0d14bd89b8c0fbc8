// SPDX-License-Identifier: Apache-2.0
#pragma once

// Looks at a NIfTI file's voxels as they stand: the NIfTI library that ITK uses turns NaN and
// infinity into 0 without a word.

#include <cstdint>
#include <filesystem>

#include "msunet/io/nifti.hpp"

namespace msunet::io {

/// How many voxels of a frame are NaN or infinite; 0 for integer types. `header` is what
/// check_nifti said of the file; of a file with fewer frames the last is taken.
/// Throws InputError where the file can't be read.
[[nodiscard]] std::uint64_t count_non_finite(const std::filesystem::path& path,
                                             const NiftiHeader& header, std::int64_t frame);

}  // namespace msunet::io
