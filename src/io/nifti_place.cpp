// SPDX-License-Identifier: Apache-2.0
#include "nifti_place.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

/// From voxel numbers to millimetres, in NIfTI's axes (right, anterior, superior); row by row.
using Affine = std::array<std::array<float, 4>, 3>;

constexpr int scanner_form = 1;  ///< NIFTI_XFORM_SCANNER_ANAT

/// pixdim of an axis; NIfTI's library takes 0 for 1.
float step(const PlaceFields& fields, std::size_t axis) {
    const float value = fields.pixdim[axis + 1];
    return value == 0.0F ? 1.0F : value;
}

/// The qform, computed as NIfTI's library does: in double, kept in float.
Affine qform_of(const PlaceFields& fields) {
    Affine form{};
    if (fields.qform_code <= 0) {
        for (std::size_t axis = 0; axis < 3; ++axis) form[axis][axis] = step(fields, axis);
        return form;
    }
    double b = fields.quaternion[0];
    double c = fields.quaternion[1];
    double d = fields.quaternion[2];
    double a = 1.0 - (b * b + c * c + d * d);
    constexpr double half_turn = 1e-7;
    if (a < half_turn) {
        const double length = 1.0 / std::sqrt(b * b + c * c + d * d);
        b *= length;
        c *= length;
        d *= length;
        a = 0;
    } else {
        a = std::sqrt(a);
    }
    std::array<double, 3> scale{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        scale[axis] = step(fields, axis) > 0 ? step(fields, axis) : 1.0;
    }
    if (fields.pixdim[0] < 0) scale[2] = -scale[2];
    const std::array<std::array<double, 3>, 3> rotation{{
        {a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)},
        {2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)},
        {2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b},
    }};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            form[row][axis] = static_cast<float>(rotation[row][axis] * scale[axis]);
        }
        form[row][3] = fields.offset[row];
    }
    return form;
}

double dot(const Affine& form, std::size_t axis, std::size_t other) {
    double sum = 0;
    for (const auto& row : form) sum += double{row[axis]} * double{row[other]};
    return sum;
}

double determinant(const Affine& m) {
    const auto minor = [&](std::size_t i, std::size_t j) {
        return double{m[1][i]} * double{m[2][j]} - double{m[1][j]} * double{m[2][i]};
    };
    return double{m[0][0]} * minor(1, 2) - double{m[0][1]} * minor(0, 2) +
           double{m[0][2]} * minor(0, 1);
}

/// Whether the axes are orthogonal and as long as pixdim says. Voxels of less than 1e-5 mm³ do not
/// count as such, as in ITK.
bool is_orthogonal(const Affine& form, const PlaceFields& fields) {
    constexpr double smallest_voxel = 1e-5;
    constexpr double length_tolerance = 1e-3;
    constexpr double angle_tolerance = 1e-4;
    if (std::abs(determinant(form)) <= smallest_voxel) return false;
    std::array<double, 3> lengths{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        lengths[axis] = std::sqrt(dot(form, axis, axis));
        if (std::abs(double{step(fields, axis)} - lengths[axis]) > length_tolerance) return false;
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::size_t next = (axis + 1) % 3;
        const double cosine = dot(form, axis, next) / (lengths[axis] * lengths[next]);
        if (std::abs(cosine) > angle_tolerance) return false;
    }
    return true;
}

bool are_equal(const Affine& a, const Affine& b) {
    constexpr double rotation_tolerance = 1e-5;
    constexpr double offset_tolerance = 1e-7;
    double offsets = 0;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            if (std::abs(a[row][axis] - b[row][axis]) > rotation_tolerance) return false;
        }
        offsets += std::abs(a[row][3] - b[row][3]);
    }
    return offsets <= offset_tolerance;
}

/// The form that counts; nothing where there is no orthogonal one.
std::optional<Affine> chosen_form(const PlaceFields& fields) {
    const Affine qform = qform_of(fields);
    const bool has_qform = fields.qform_code > 0;
    const bool has_sform = fields.sform_code > 0;
    const Affine sform = has_sform ? fields.rows : Affine{};
    if (has_sform && is_orthogonal(sform, fields)) {
        if (!has_qform || fields.sform_code == scanner_form) return sform;
        return qform;
    }
    if (are_equal(sform, qform)) return sform;
    if (has_qform) return qform;
    return std::nullopt;
}

/// NIfTI's axes point right and anterior, ITK's left and posterior.
double in_itk_axes(float value, std::size_t row) {
    return row < 2 ? -double{value} : double{value};
}

void set_direction(core::Volume& place, const Affine& form, std::size_t axis) {
    std::array<double, 3> column{};
    double sum = 0;
    for (std::size_t row = 0; row < 3; ++row) {
        column[row] = in_itk_axes(form[row][axis], row);
        sum += column[row] * column[row];
    }
    const double length = sum == 0 ? 1 : std::sqrt(sum);
    for (std::size_t row = 0; row < 3; ++row) {
        place.direction[3 * row + axis] = column[row] / length;
    }
}

void set_spacing(core::Volume& place, const PlaceFields& fields) {
    // Units of length: 1 metre, 3 micrometre; 2 and unknown are millimetres.
    constexpr int length_bits = 0x07;
    const int units = fields.units & length_bits;
    const double millimetres = units == 1 ? 1e3 : units == 3 ? 1e-3 : 1.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double spacing = step(fields, axis) * millimetres;
        place.spacing[axis] = std::abs(spacing);
        if (spacing > 0) continue;
        for (std::size_t row = 0; row < 3; ++row) place.direction[3 * row + axis] *= -1;
    }
}

}  // namespace

core::Volume place_of(const std::filesystem::path& path, const PlaceFields& fields) {
    core::Volume place;
    place.size = fields.size;
    if (fields.qform_code > 0 || fields.sform_code > 0) {
        const auto form = chosen_form(fields);
        if (!form) {
            throw core::InputError(core::concat(
                core::quoted(path.string()),
                " has a sform whose axes are not at right angles or not as long as pixdim says, "
                "and no qform; write it with a qform or an orthogonal sform"));
        }
        for (std::size_t axis = 0; axis < 3; ++axis) {
            place.origin[axis] = in_itk_axes((*form)[axis][3], axis);
            set_direction(place, *form, axis);
        }
    }
    set_spacing(place, fields);
    return place;
}

}  // namespace msunet::io
