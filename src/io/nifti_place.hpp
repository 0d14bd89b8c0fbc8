// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "msunet/core/volume.hpp"

namespace msunet::io {

/// The fields of a header that say where the voxels lie.
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

/// What the fields say, and what is unusual about them.
struct Place {
    core::Volume geometry;             ///< without voxels
    std::vector<std::string> remarks;  ///< as NiftiHeader::remarks
};

/// The spacing of each axis is |pixdim|; where that is 0 or no number, the length of the sform's
/// axis, else 1; times the unit, in millimetres. Origin and direction as the reader of
/// SimpleITK 2.5 (ITK 5.4) gives them: the sform's where its axes are orthogonal and it is the
/// scanner's or there is no qform, else the qform's. A negative pixdim turns its axis around. Where
/// there is no such form, which SimpleITK refuses, or none at all: the identity.
[[nodiscard]] Place place_of(PlaceFields fields);

}  // namespace msunet::io
