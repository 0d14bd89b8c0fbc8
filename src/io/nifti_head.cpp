// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "msunet/io/nifti_writer.hpp"
#include "nifti_layout.hpp"

namespace msunet::io {

namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

/// Direction cosines in NIfTI's axes (right, anterior, superior); ITK's point left and posterior.
Matrix nifti_axes(const core::Volume& volume) {
    Matrix axes{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            axes[row][axis] = volume.direction[3 * row + axis] * (row < 2 ? -1 : 1);
        }
    }
    return axes;
}

double determinant(const Matrix& m) {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/// The last three of the unit quaternion of a rotation, the first of which is not negative: those
/// of the largest of its four squares are divided by it.
std::array<double, 3> quaternion_of(const Matrix& r) {
    const std::array<double, 4> squares{
        1 + r[0][0] + r[1][1] + r[2][2], 1 + r[0][0] - r[1][1] - r[2][2],
        1 - r[0][0] + r[1][1] - r[2][2], 1 - r[0][0] - r[1][1] + r[2][2]};
    // Products of two of the four, times 4: row i is that of number i.
    const double ab = r[2][1] - r[1][2];
    const double ac = r[0][2] - r[2][0];
    const double ad = r[1][0] - r[0][1];
    const double bc = r[0][1] + r[1][0];
    const double bd = r[0][2] + r[2][0];
    const double cd = r[1][2] + r[2][1];
    const std::array<std::array<double, 4>, 4> products{{{squares[0], ab, ac, ad},
                                                         {ab, squares[1], bc, bd},
                                                         {ac, bc, squares[2], cd},
                                                         {ad, bd, cd, squares[3]}}};
    const auto largest =
        static_cast<std::size_t>(std::ranges::max_element(squares) - squares.begin());
    const std::array<double, 4>& row = products[largest];
    const double scale = (row[0] < 0 ? -0.5 : 0.5) / std::sqrt(squares[largest]);
    return {row[1] * scale, row[2] * scale, row[3] * scale};
}

constexpr double scanner_code = 1;  ///< NIFTI_XFORM_SCANNER_ANAT
constexpr double millimetres_code = 2;

void put_place(const core::Volume& volume, NiftiFields& fields) {
    constexpr const NiftiLayout& layout = nifti1_layout;
    Matrix axes = nifti_axes(volume);
    fields.put(layout.xyzt_units, millimetres_code);
    fields.put(layout.qform_code, scanner_code);
    fields.put(layout.sform_code, scanner_code);
    for (std::size_t row = 0; row < 3; ++row) {
        const double origin = volume.origin[row] * (row < 2 ? -1 : 1);
        fields.put(layout.qoffset, origin, row);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            fields.put(layout.srow, axes[row][axis] * volume.spacing[axis], 4 * row + axis);
        }
        fields.put(layout.srow, origin, 4 * row + 3);
        fields.put(layout.pixdim, volume.spacing[row], row + 1);
    }
    const bool mirrored = determinant(axes) < 0;
    fields.put(layout.pixdim, mirrored ? -1 : 1);
    for (auto& row : axes) row[2] *= mirrored ? -1 : 1;
    const auto quaternion = quaternion_of(axes);
    for (std::size_t i = 0; i < 3; ++i) fields.put(layout.quatern, quaternion[i], i);
}

}  // namespace

std::string nifti_head(const core::Volume& volume) {
    constexpr const NiftiLayout& layout = nifti1_layout;
    std::string head(layout.bytes + extension_flag_bytes, '\0');
    NiftiFields fields(head, std::endian::native == std::endian::big);
    fields.put({0, FieldType::int32}, static_cast<double>(layout.bytes));
    constexpr std::size_t regular = 38;
    head[regular] = 'r';
    for (std::size_t axis = 0; axis < 3; ++axis) {
        fields.put(layout.dim, static_cast<double>(volume.size[axis]), axis + 1);
    }
    fields.put(layout.vox_offset, static_cast<double>(head.size()));
    put_place(volume, fields);
    std::ranges::copy(layout.of_single_file, head.begin() + layout.magic);
    return head;
}

}  // namespace msunet::io
