// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the fields of a NIfTI header stand (nifti1.h, nifti2.h), and access to them in either byte
/// order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace msunet::io {

/// How a field stores its number.
enum class FieldType : std::uint8_t { uint8, int16, int32, int64, float32, float64 };

/// A field, or the first of several that follow each other.
struct NiftiField {
    std::size_t offset;
    FieldType type;
};

/// The fields that are read or written; all others are copied as they are.
struct NiftiLayout {
    std::size_t bytes;                         ///< of the header, its first field
    std::size_t magic;                         ///< offset
    std::string_view of_single_file, of_pair;  ///< values of magic
    NiftiField dim, datatype, bitpix, pixdim, vox_offset, scl_slope, scl_inter, cal_max, cal_min;
    NiftiField xyzt_units, qform_code, sform_code, quatern, qoffset, srow;
};

inline constexpr NiftiLayout nifti1_layout{.bytes = 348,
                                           .magic = 344,
                                           .of_single_file = std::string_view("n+1\0", 4),
                                           .of_pair = std::string_view("ni1\0", 4),
                                           .dim = {40, FieldType::int16},
                                           .datatype = {70, FieldType::int16},
                                           .bitpix = {72, FieldType::int16},
                                           .pixdim = {76, FieldType::float32},
                                           .vox_offset = {108, FieldType::float32},
                                           .scl_slope = {112, FieldType::float32},
                                           .scl_inter = {116, FieldType::float32},
                                           .cal_max = {124, FieldType::float32},
                                           .cal_min = {128, FieldType::float32},
                                           .xyzt_units = {123, FieldType::uint8},
                                           .qform_code = {252, FieldType::int16},
                                           .sform_code = {254, FieldType::int16},
                                           .quatern = {256, FieldType::float32},
                                           .qoffset = {268, FieldType::float32},
                                           .srow = {280, FieldType::float32}};

inline constexpr NiftiLayout nifti2_layout{.bytes = 540,
                                           .magic = 4,
                                           .of_single_file = std::string_view("n+2\0\r\n\x1a\n", 8),
                                           .of_pair = std::string_view("ni2\0\r\n\x1a\n", 8),
                                           .dim = {16, FieldType::int64},
                                           .datatype = {12, FieldType::int16},
                                           .bitpix = {14, FieldType::int16},
                                           .pixdim = {104, FieldType::float64},
                                           .vox_offset = {168, FieldType::int64},
                                           .scl_slope = {176, FieldType::float64},
                                           .scl_inter = {184, FieldType::float64},
                                           .cal_max = {192, FieldType::float64},
                                           .cal_min = {200, FieldType::float64},
                                           .xyzt_units = {500, FieldType::int32},
                                           .qform_code = {344, FieldType::int32},
                                           .sform_code = {348, FieldType::int32},
                                           .quatern = {352, FieldType::float64},
                                           .qoffset = {376, FieldType::float64},
                                           .srow = {400, FieldType::float64}};

/// A header's version and byte order.
struct NiftiForm {
    const NiftiLayout& layout;
    bool swapped;  ///< against the machine's order
};

/// By the header's first field, its size; nothing where that is no version's. At least 4 bytes.
[[nodiscard]] std::optional<NiftiForm> nifti_form(std::string_view head);

/// Bytes after the header, whether extensions follow, before voxels can start.
inline constexpr std::size_t extension_flag_bytes = 4;

/// The fields of a header in memory as numbers.
class NiftiFields {
public:
    /// `bytes` as long as the layout's header at least; they must outlive this.
    NiftiFields(std::span<char> bytes, bool swapped) : bytes_(bytes), swapped_(swapped) {}

    /// Number `index` of those that stand at `field`.
    [[nodiscard]] double get(NiftiField field, std::size_t index = 0) const {
        switch (field.type) {
            case FieldType::uint8:
                return at<std::uint8_t>(field.offset, index);
            case FieldType::int16:
                return at<std::int16_t>(field.offset, index);
            case FieldType::int32:
                return at<std::int32_t>(field.offset, index);
            case FieldType::int64:
                return static_cast<double>(at<std::int64_t>(field.offset, index));
            case FieldType::float32:
                return at<float>(field.offset, index);
            case FieldType::float64:
                return at<double>(field.offset, index);
        }
        return 0;
    }

    /// Replaces it; `value` lies within the field's type.
    void put(NiftiField field, double value, std::size_t index = 0) {
        switch (field.type) {
            case FieldType::uint8:
                return set(field.offset, index, static_cast<std::uint8_t>(value));
            case FieldType::int16:
                return set(field.offset, index, static_cast<std::int16_t>(value));
            case FieldType::int32:
                return set(field.offset, index, static_cast<std::int32_t>(value));
            case FieldType::int64:
                return set(field.offset, index, static_cast<std::int64_t>(value));
            case FieldType::float32:
                return set(field.offset, index, static_cast<float>(value));
            case FieldType::float64:
                return set(field.offset, index, value);
        }
    }

private:
    template <class T>
    [[nodiscard]] T at(std::size_t offset, std::size_t index) const {
        std::array<char, sizeof(T)> raw{};
        std::memcpy(raw.data(), bytes_.data() + offset + index * sizeof(T), sizeof(T));
        if (swapped_) std::ranges::reverse(raw);
        return std::bit_cast<T>(raw);
    }

    template <class T>
    void set(std::size_t offset, std::size_t index, T value) {
        auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
        if (swapped_) std::ranges::reverse(raw);
        std::memcpy(bytes_.data() + offset + index * sizeof(T), raw.data(), sizeof(T));
    }

    std::span<char> bytes_;
    bool swapped_;
};

}  // namespace msunet::io
