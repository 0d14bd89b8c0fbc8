// SPDX-License-Identifier: Apache-2.0
/// \file
/// Scans that are expected to be fine. The modules io and imaging are needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/check.hpp"
#include "msunet/io/nifti_file.hpp"

namespace msunet::test {

inline core::Volume read_volume(const std::filesystem::path& file, std::int64_t frame = 7) {
    return io::NiftiFile(file).read(frame, io::Extent::frame).volume;
}

/// A mask of {0,1} or {0,255} as {0,1}.
inline core::Volume read_mask(const std::filesystem::path& file, std::int64_t frame = 7) {
    core::Volume mask = read_volume(file, frame);
    if (imaging::make_binary(mask)) throw std::runtime_error(file.string() + " is not binary");
    return mask;
}

}  // namespace msunet::test
