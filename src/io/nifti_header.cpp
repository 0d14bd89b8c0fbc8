// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_header.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fail.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "nifti_place.hpp"

namespace msunet::io {

namespace {

using core::concat;
using core::quoted;

/// A type of the standard; `number` is absent where a voxel is no single number.
struct DataType {
    int code;
    int bits;
    std::string_view name;
    std::optional<NumberType> number;
};

constexpr std::array data_types{DataType{2, 8, "uint8", NumberType::uint8},
                                DataType{4, 16, "int16", NumberType::int16},
                                DataType{8, 32, "int32", NumberType::int32},
                                DataType{16, 32, "float32", NumberType::float32},
                                DataType{32, 64, "complex64", std::nullopt},
                                DataType{64, 64, "float64", NumberType::float64},
                                DataType{128, 24, "RGB", std::nullopt},
                                DataType{256, 8, "int8", NumberType::int8},
                                DataType{512, 16, "uint16", NumberType::uint16},
                                DataType{768, 32, "uint32", NumberType::uint32},
                                DataType{1024, 64, "int64", NumberType::int64},
                                DataType{1280, 64, "uint64", NumberType::uint64},
                                DataType{1792, 128, "complex128", std::nullopt},
                                DataType{2304, 32, "RGBA", std::nullopt}};

const DataType& data_type_of(NumberType type) {
    return *std::ranges::find(data_types, std::optional(type), &DataType::number);
}

/// Reads numbers at the byte offsets of nifti1.h, in the file's byte order.
class Fields {
public:
    Fields(std::string_view bytes, bool swapped) : bytes_(bytes), swapped_(swapped) {}

    template <class T>
    [[nodiscard]] T at(std::size_t offset) const {
        std::array<char, sizeof(T)> raw{};
        std::memcpy(raw.data(), bytes_.data() + offset, sizeof(T));
        if (swapped_) std::reverse(raw.begin(), raw.end());
        return std::bit_cast<T>(raw);
    }

private:
    std::string_view bytes_;
    bool swapped_;
};

/// The header's byte order: true if it isn't the machine's.
bool is_swapped(const std::filesystem::path& path, std::string_view head) {
    const auto size = Fields(head, false).at<std::int32_t>(0);
    const auto other = Fields(head, true).at<std::int32_t>(0);
    constexpr std::int32_t nifti2_bytes = 540;
    if (size == nifti2_bytes || other == nifti2_bytes) {
        fail(path, "is a NIfTI-2 file (only NIfTI-1 can be read), convert it");
    }
    if (size != static_cast<std::int32_t>(nifti_header_bytes) &&
        other != static_cast<std::int32_t>(nifti_header_bytes)) {
        fail(path, concat("is no NIfTI file (the header's size reads ", size,
                          " instead of 348), copy or convert it again"));
    }
    return size != static_cast<std::int32_t>(nifti_header_bytes);
}

void check_magic(const std::filesystem::path& path, std::string_view head) {
    const std::string_view magic = head.substr(344, 4);
    if (magic == std::string_view("n+1\0", 4)) return;
    if (magic == std::string_view("ni1\0", 4)) {
        fail(path, "is one half of a NIfTI pair (.hdr and .img), convert it to a single .nii file");
    }
    fail(path, concat("is no NIfTI file (its magic is ", quoted(magic.substr(0, 3)),
                      " instead of 'n+1'), convert it; Analyze files must be converted too"));
}

std::string dimension_text(const std::vector<std::int64_t>& dimensions) {
    std::string text;
    for (const std::int64_t size : dimensions) text += concat(text.empty() ? "" : " x ", size);
    return text;
}

void read_dimensions(const std::filesystem::path& path, const Fields& fields, NiftiHeader& header) {
    const auto count = fields.at<std::int16_t>(40);
    if (count < 1 || count > 7) {
        fail(path, concat("says that it has ", count,
                          " dimensions (3 or 4 are needed), the header is damaged"));
    }
    std::vector<std::int64_t> sizes;
    for (std::size_t d = 1; d <= static_cast<std::size_t>(count); ++d) {
        sizes.push_back(fields.at<std::int16_t>(40 + 2 * d));
    }
    if (std::any_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size < 1; })) {
        fail(path, concat("has a size of ", dimension_text(sizes),
                          " (every size must be at least 1), the header is damaged"));
    }
    while (sizes.size() > 3 && sizes.back() == 1) sizes.pop_back();
    if (sizes.size() < 3 || sizes.size() > 4) {
        fail(path, concat("has ", sizes.size(), " dimensions, ", dimension_text(sizes),
                          " (3 or 4 are needed), convert it to a volume"));
    }
    for (std::size_t d = 0; d < 3; ++d) header.size[d] = static_cast<std::size_t>(sizes[d]);
    header.frames = sizes.size() == 4 ? static_cast<std::size_t>(sizes[3]) : 1;
}

void read_data_type(const std::filesystem::path& path, const Fields& fields, NiftiHeader& header) {
    const auto code = fields.at<std::int16_t>(70);
    const auto bits = fields.at<std::int16_t>(72);
    const auto* type = std::find_if(data_types.begin(), data_types.end(),
                                    [&](const DataType& known) { return known.code == code; });
    if (type == data_types.end()) {
        fail(path,
             concat("has an unknown data type (code ", code, "), save it as int16 or float32"));
    }
    if (!type->number) {
        fail(path, concat("holds ", type->name,
                          " voxels (one number a voxel is needed), save it as int16 or float32"));
    }
    if (bits != type->bits) {
        fail(path, concat("says that its ", type->name, " voxels have ", bits, " bits instead of ",
                          type->bits, ", the header is damaged"));
    }
    header.type = *type->number;
}

/// NIfTI's library takes what is no number for 0.
double number_or_zero(float value) { return std::isfinite(value) ? value : 0.0; }

void read_scaling(const Fields& fields, NiftiHeader& header) {
    header.slope = number_or_zero(fields.at<float>(112));
    if (std::abs(header.slope) < std::numeric_limits<double>::epsilon()) header.slope = 1;
    header.intercept = number_or_zero(fields.at<float>(116));
}

template <std::size_t count>
std::array<float, count> floats_at(const Fields& fields, std::size_t offset) {
    std::array<float, count> values{};
    for (std::size_t i = 0; i < count; ++i) values[i] = fields.at<float>(offset + 4 * i);
    return values;
}

bool are_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

void read_place(const std::filesystem::path& path, const Fields& fields, NiftiHeader& header) {
    const PlaceFields place{
        .size = header.size,
        .pixdim = floats_at<4>(fields, 76),
        .units = fields.at<std::uint8_t>(123),
        .qform_code = fields.at<std::int16_t>(252),
        .sform_code = fields.at<std::int16_t>(254),
        .quaternion = floats_at<3>(fields, 256),
        .offset = floats_at<3>(fields, 268),
        .rows = {floats_at<4>(fields, 280), floats_at<4>(fields, 296), floats_at<4>(fields, 312)}};
    if (!are_finite(std::span(place.pixdim).subspan(1))) {
        fail(path, "has a spacing that is no number, the header is damaged");
    }
    const bool qform = are_finite(place.quaternion) && are_finite(place.offset);
    const bool sform = std::ranges::all_of(place.rows, are_finite);
    if ((place.qform_code > 0 && !qform) || (place.sform_code > 0 && !sform)) {
        fail(path, "has a position or direction that is no number, the header is damaged");
    }
    header.geometry = place_of(path, place);
}

void read_data_offset(const std::filesystem::path& path, const Fields& fields,
                      NiftiHeader& header) {
    const float offset = fields.at<float>(108);
    constexpr float first = 352;
    constexpr float last = 1U << 30U;
    if (!(offset >= first && offset <= last)) {
        fail(path, concat("says that its voxels start at byte ", core::general(offset, 9),
                          " (352 or more is needed), the header is damaged"));
    }
    header.data_offset = static_cast<std::uint64_t>(offset);
}

}  // namespace

bool is_nifti_name(std::string_view file_name) {
    const std::string lower = core::to_lower(file_name);
    return lower.ends_with(".nii") || lower.ends_with(".nii.gz");
}

std::string_view name_of(NumberType type) { return data_type_of(type).name; }

std::size_t bytes_of(NumberType type) {
    constexpr int bits_of_byte = 8;
    return static_cast<std::size_t>(data_type_of(type).bits / bits_of_byte);
}

NiftiHeader parse_nifti_header(const std::filesystem::path& path, std::string_view bytes) {
    if (bytes.size() < nifti_header_bytes) {
        fail(path, concat("is too short for a NIfTI header (", bytes.size(),
                          " bytes of 348), copy it again"));
    }
    NiftiHeader header;
    const bool swapped = is_swapped(path, bytes);
    header.big_endian = swapped == (std::endian::native == std::endian::little);
    check_magic(path, bytes);
    const Fields fields(bytes, swapped);
    read_dimensions(path, fields, header);
    read_data_type(path, fields, header);
    read_scaling(fields, header);
    read_place(path, fields, header);
    read_data_offset(path, fields, header);
    return header;
}

}  // namespace msunet::io
