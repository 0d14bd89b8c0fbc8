// SPDX-License-Identifier: Apache-2.0
#include "nifti_place.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

/// From voxel numbers to millimetres, in NIfTI's axes (right, anterior, superior); row by row.
using Affine = std::array<std::array<float, 4>, 3>;

constexpr int scanner_form = 1;  ///< NIFTI_XFORM_SCANNER_ANAT

constexpr std::array<char, 3> axis_names{'x', 'y', 'z'};

/// Units of length; 2 and others are millimetres.
constexpr int metre = 1, micrometre = 3;

int unit_of_length(const PlaceFields& fields) {
    constexpr int length_bits = 0x07;
    return fields.units & length_bits;
}

double millimetres(const PlaceFields& fields) {
    const int unit = unit_of_length(fields);
    return unit == metre ? 1e3 : unit == micrometre ? 1e-3 : 1.0;
}

float step(const PlaceFields& fields, std::size_t axis) { return fields.pixdim[axis + 1]; }

double dot(const Affine& form, std::size_t axis, std::size_t other) {
    double sum = 0;
    for (const auto& row : form) sum += double{row[axis]} * double{row[other]};
    return sum;
}

double length_of(const Affine& form, std::size_t axis) { return std::sqrt(dot(form, axis, axis)); }

/// Of the angle between an axis and the next one.
double cosine(const Affine& form, std::size_t axis) {
    const std::size_t next = (axis + 1) % 3;
    return dot(form, axis, next) / (length_of(form, axis) * length_of(form, next));
}

/// "0.1 x 0.1 x 0.5".
template <class Value>
std::string by_axis(const Value& value) {
    return core::concat(core::general(value(0), 6), " x ", core::general(value(1), 6), " x ",
                        core::general(value(2), 6));
}

bool are_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

/// Takes forms for absent that hold what is no number.
void drop_broken_forms(PlaceFields& fields, std::vector<std::string>& remarks) {
    const auto drop = [&](std::string_view name, int& code, bool is_sound) {
        if (code <= 0 || is_sound) return;
        remarks.push_back(core::concat(name, " (code ", code,
                                       ") holds a value that is no number, it is left out"));
        code = 0;
    };
    drop("qform", fields.qform_code, are_finite(fields.quaternion) && are_finite(fields.offset));
    drop("sform", fields.sform_code, std::ranges::all_of(fields.rows, are_finite));
}

/// Gives pixdim a value that is a number and not 0.
void repair_pixdim(PlaceFields& fields, std::vector<std::string>& remarks) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        float& value = fields.pixdim[axis + 1];
        const auto field = core::concat("pixdim[", axis + 1, "] is ", core::general(value, 6));
        if (std::isfinite(value) && value > 0) continue;
        if (std::isfinite(value) && value < 0) {
            remarks.push_back(core::concat(field, ", its absolute value is the spacing"));
            continue;
        }
        value = fields.sform_code > 0 ? static_cast<float>(length_of(fields.rows, axis)) : 0.0F;
        if (std::isnormal(value)) {
            remarks.push_back(core::concat(field, ", the length of the sform's axis, ",
                                           core::general(value, 6), ", is the spacing"));
        } else {
            value = 1;
            remarks.push_back(core::concat(field, ", the spacing is taken for 1"));
        }
    }
}

/// A sform whose axes are not as long as pixdim says.
void note_lengths(const PlaceFields& fields, std::vector<std::string>& remarks) {
    if (fields.sform_code <= 0) return;
    constexpr double tolerance = 0.01;
    const auto pixdim = [&](std::size_t axis) { return std::abs(double{step(fields, axis)}); };
    const auto length = [&](std::size_t axis) { return length_of(fields.rows, axis); };
    bool differ = false;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        differ |= std::abs(length(axis) - pixdim(axis)) > tolerance * pixdim(axis);
    }
    if (!differ) return;
    remarks.push_back(core::concat("the axes of the sform (code ", fields.sform_code, ") are ",
                                   by_axis(length), " long, but pixdim is ", by_axis(pixdim),
                                   ": pixdim is the spacing"));
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

/// Whether the axes are at right angles; how long they are does not matter.
bool is_orthogonal(const Affine& form) {
    constexpr double angle_tolerance = 1e-4;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        if (!(std::abs(cosine(form, axis)) <= angle_tolerance)) return false;
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
    if (has_sform && is_orthogonal(sform)) {
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

/// Whether ITK can work with it: axes that span a space, a position that leaves a voxel some
/// digits.
bool is_usable(const core::Volume& place) {
    constexpr double farthest = 1e6;
    const auto& m = place.direction;
    const double determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) -
                               m[1] * (m[3] * m[8] - m[5] * m[6]) +
                               m[2] * (m[3] * m[7] - m[4] * m[6]);
    return std::abs(determinant) > 0.5 &&
           std::ranges::all_of(place.origin, [](double at) { return std::abs(at) < farthest; });
}

/// The angle between axes of the sform that differs most from 90 degrees.
std::string angle_text(const Affine& form) {
    double largest = -1;
    std::string text;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double value = cosine(form, axis);
        if (!(std::abs(value) > largest)) continue;
        largest = std::abs(value);
        text = core::concat(core::general(std::acos(std::clamp(value, -1.0, 1.0)) * 180 / M_PI, 6),
                            " degrees between ", axis_names[axis], " and ",
                            axis_names[(axis + 1) % 3]);
    }
    constexpr double right_angle = 1e-4;
    return largest > right_angle ? text : "";
}

void set_place(core::Volume& place, const PlaceFields& fields, std::vector<std::string>& remarks) {
    if (fields.qform_code <= 0 && fields.sform_code <= 0) return;
    core::Volume placed = place;
    if (const auto form = chosen_form(fields)) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            placed.origin[axis] = in_itk_axes((*form)[axis][3], axis) * millimetres(fields);
            set_direction(placed, *form, axis);
        }
        if (is_usable(placed)) place = std::move(placed);
        return;
    }
    if (const std::string angle = angle_text(fields.rows); !angle.empty()) {
        remarks.push_back(core::concat("the axes of the sform (code ", fields.sform_code,
                                       ") are not at right angles (", angle,
                                       "), only size and spacing are used"));
    }
}

void set_spacing(core::Volume& place, const PlaceFields& fields,
                 std::vector<std::string>& remarks) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double spacing = step(fields, axis) * millimetres(fields);
        place.spacing[axis] = std::abs(spacing);
        if (spacing > 0) continue;
        for (std::size_t row = 0; row < 3; ++row) place.direction[3 * row + axis] *= -1;
    }
    if (unit_of_length(fields) == metre) {
        remarks.push_back(
            core::concat("xyzt_units says metres, the spacing is ",
                         by_axis([&](std::size_t axis) { return place.spacing[axis]; }), " mm"));
    }
}

}  // namespace

Place place_of(PlaceFields fields) {
    Place place;
    place.geometry.size = fields.size;
    drop_broken_forms(fields, place.remarks);
    repair_pixdim(fields, place.remarks);
    note_lengths(fields, place.remarks);
    set_place(place.geometry, fields, place.remarks);
    set_spacing(place.geometry, fields, place.remarks);
    return place;
}

}  // namespace msunet::io
