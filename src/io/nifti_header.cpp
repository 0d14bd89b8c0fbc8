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
#include "msunet/core/text.hpp"
#include "msunet/io/other_formats.hpp"
#include "nifti_layout.hpp"
#include "nifti_place.hpp"

namespace msunet::io {

namespace {

using core::concat;
using core::quoted;

constexpr const char* damaged = "the header is damaged";
constexpr const char* other_type = "save it as int16 or float32";

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

/// A header's fields.
struct Header {
    const NiftiLayout& layout;
    NiftiFields fields;

    /// An integer; 0 where it is none.
    [[nodiscard]] std::int64_t whole(NiftiField field, std::size_t index = 0) const {
        constexpr double most = 1ULL << 53U;
        const double value = fields.get(field, index);
        return std::abs(value) <= most ? static_cast<std::int64_t>(value) : 0;
    }
};

[[noreturn]] void fail_as_no_nifti(const std::filesystem::path& path, std::string_view head) {
    std::int32_t size = 0;
    std::memcpy(&size, head.data(), sizeof size);
    fail(path, {.problem = "is no NIfTI file",
                .why = concat("the header's size reads ", size, " instead of 348"),
                .advice = "copy or convert it again"});
}

void check_magic(const std::filesystem::path& path, std::string_view head,
                 const NiftiLayout& layout) {
    const std::string_view magic = head.substr(layout.magic, layout.of_pair.size());
    if (magic == layout.of_single_file) return;
    if (magic == layout.of_pair) {
        fail(path, {.problem = "is one half of a NIfTI pair",
                    .why = ".hdr and .img",
                    .advice = std::string(analyze_advice)});
    }
    if (layout.bytes == nifti1_layout.bytes && magic == std::string_view("\0\0\0\0", 4)) {
        fail(path, {.problem = "is an Analyze file",
                    .why = "its header has no magic",
                    .advice = std::string(analyze_advice)});
    }
    fail(path, {.problem = "is no NIfTI file",
                .why = concat("its magic is ", quoted(magic.substr(0, 3)), " instead of ",
                              quoted(layout.of_single_file.substr(0, 3))),
                .advice = "convert it again"});
}

std::string dimension_text(const std::vector<std::int64_t>& dimensions) {
    std::string text;
    for (const std::int64_t size : dimensions) text += concat(text.empty() ? "" : " x ", size);
    return text;
}

void read_dimensions(const std::filesystem::path& path, const Header& head, NiftiHeader& header) {
    const auto count = head.whole(head.layout.dim);
    if (count < 1 || count > 7) {
        fail(path, {.problem = concat("says that it has ", count, " dimensions"),
                    .why = "3 or 4 are needed",
                    .advice = damaged});
    }
    std::vector<std::int64_t> sizes;
    for (std::size_t d = 1; d <= static_cast<std::size_t>(count); ++d) {
        sizes.push_back(head.whole(head.layout.dim, d));
    }
    if (std::any_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size < 1; })) {
        fail(path, {.problem = concat("has a size of ", dimension_text(sizes)),
                    .why = "every size must be at least 1",
                    .advice = damaged});
    }
    // Frames may stand in the fifth dimension (x, y, z, 1, t): a size of 1 adds no voxels.
    if (sizes.size() > 3) sizes.erase(std::remove(sizes.begin() + 3, sizes.end(), 1), sizes.end());
    if (sizes.size() < 3 || sizes.size() > 4) {
        fail(path, {.problem = concat("has ", sizes.size(), " dimensions, ", dimension_text(sizes)),
                    .why = "3 or 4 are needed",
                    .advice = "convert it to a volume"});
    }
    for (std::size_t d = 0; d < 3; ++d) header.size[d] = static_cast<std::size_t>(sizes[d]);
    header.frames = sizes.size() == 4 ? static_cast<std::size_t>(sizes[3]) : 1;
    constexpr double most = 1ULL << 60U;  // at 8 bytes each still a number of 64 bits
    double voxels = 1;
    for (const std::int64_t size : sizes) voxels *= static_cast<double>(size);
    if (voxels > most) {
        fail(path, {.problem = concat("has a size of ", dimension_text(sizes)),
                    .why = "no file holds that",
                    .advice = damaged});
    }
}

void read_data_type(const std::filesystem::path& path, const Header& head, NiftiHeader& header) {
    const auto code = head.whole(head.layout.datatype);
    const auto bits = head.whole(head.layout.bitpix);
    const auto* type = std::find_if(data_types.begin(), data_types.end(),
                                    [&](const DataType& known) { return known.code == code; });
    if (type == data_types.end()) {
        fail(path, {.problem = "has an unknown data type",
                    .why = concat("code ", code),
                    .advice = other_type});
    }
    if (!type->number) {
        fail(path, {.problem = concat("holds ", type->name, " voxels"),
                    .why = "one number a voxel is needed",
                    .advice = other_type});
    }
    if (bits != type->bits) {
        fail(path, {.problem = concat("says that its ", type->name, " voxels have ", bits,
                                      " bits instead of ", type->bits),
                    .advice = damaged});
    }
    header.type = *type->number;
}

/// NIfTI's library takes what is no number for 0.
double number_or_zero(double value) { return std::isfinite(value) ? value : 0.0; }

void read_scaling(const Header& head, NiftiHeader& header) {
    header.slope = number_or_zero(head.fields.get(head.layout.scl_slope));
    if (std::abs(header.slope) < std::numeric_limits<double>::epsilon()) header.slope = 1;
    header.intercept = number_or_zero(head.fields.get(head.layout.scl_inter));
}

template <std::size_t count>
std::array<float, count> floats_at(const Header& head, NiftiField field, std::size_t first = 0) {
    std::array<float, count> values{};
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = static_cast<float>(head.fields.get(field, first + i));
    }
    return values;
}

/// In float32, which NIfTI-1 stores: both versions of a scan give the same grid.
void read_place(const Header& head, NiftiHeader& header) {
    const NiftiLayout& layout = head.layout;
    Place place =
        place_of({.size = header.size,
                  .pixdim = floats_at<4>(head, layout.pixdim),
                  .units = static_cast<int>(head.whole(layout.xyzt_units)),
                  .qform_code = static_cast<int>(head.whole(layout.qform_code)),
                  .sform_code = static_cast<int>(head.whole(layout.sform_code)),
                  .quaternion = floats_at<3>(head, layout.quatern),
                  .offset = floats_at<3>(head, layout.qoffset),
                  .rows = {floats_at<4>(head, layout.srow), floats_at<4>(head, layout.srow, 4),
                           floats_at<4>(head, layout.srow, 8)}});
    header.geometry = std::move(place.geometry);
    header.remarks = std::move(place.remarks);
}

void read_data_offset(const std::filesystem::path& path, const Header& head, NiftiHeader& header) {
    const double offset = head.fields.get(head.layout.vox_offset);
    const std::size_t first = head.layout.bytes + extension_flag_bytes;
    constexpr double last = 1U << 30U;
    if (!(offset >= static_cast<double>(first) && offset <= last)) {
        fail(path,
             {.problem = concat("says that its voxels start at byte ", core::general(offset, 9)),
              .why = concat(first, " or more is needed"),
              .advice = damaged});
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

std::size_t nifti_header_bytes(std::string_view first_bytes) {
    const auto form =
        first_bytes.size() < sizeof(std::int32_t) ? std::nullopt : nifti_form(first_bytes);
    return form ? form->layout.bytes : nifti1_layout.bytes;
}

NiftiHeader parse_nifti_header(const std::filesystem::path& path, std::string_view bytes) {
    const std::size_t needed = nifti_header_bytes(bytes);
    if (bytes.size() < needed) {
        fail(path, {.problem = "is too short for a NIfTI header",
                    .why = concat(bytes.size(), " bytes of ", needed),
                    .advice = "copy it again"});
    }
    const auto form = nifti_form(bytes);
    if (!form) fail_as_no_nifti(path, bytes);
    check_magic(path, bytes, form->layout);
    std::string copy(bytes.substr(0, needed));
    const Header head{form->layout, NiftiFields(copy, form->swapped)};
    NiftiHeader header;
    header.big_endian = form->swapped == (std::endian::native == std::endian::little);
    read_dimensions(path, head, header);
    read_data_type(path, head, header);
    read_scaling(head, header);
    read_place(head, header);
    read_data_offset(path, head, header);
    return header;
}

}  // namespace msunet::io
