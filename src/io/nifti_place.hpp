// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>

#include "msunet/core/volume.hpp"

namespace msunet::io {

/// The fields of a NIfTI-1 header that say where the voxels lie.
struct PlaceFields {
    std::array<std::size_t, 3> size{};
    std::array<float, 4> pixdim{};  ///< the sign of the first is the qform's handedness
    int units = 0;                  ///< xyzt_units
    int qform_code = 0;
    int sform_code = 0;
    std::array<float, 3> quaternion{};
    std::array<float, 3> offset{};
    std::array<std::array<float, 4>, 3> rows{};  ///< the sform
};

/// Spacing in millimetres, origin and direction as SimpleITK's reader gives them: the sform's where
/// its axes are orthogonal and as long as pixdim says and it is the scanner's or there is no
/// qform, else the qform's; neither: the identity. A negative pixdim turns its axis around.
/// Throws core::InputError, which names `path`, where there is no orthogonal form.
core::Volume place_of(const std::filesystem::path& path, const PlaceFields& fields);

}  // namespace msunet::io
