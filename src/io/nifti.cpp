// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

using core::concat;
using core::quoted;

constexpr std::size_t header_bytes = 348;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& problem) {
    throw core::InputError(concat(quoted(path.string()), " ", problem));
}

[[noreturn]] void fail_reading(const std::filesystem::path& path, int error_number) {
    throw core::InputError(core::FileError("can't read", path, error_number).problems());
}

struct DataType {
    int code;
    int bits;
    std::string_view name;
    /// One number a voxel.
    bool scalar;
};

constexpr std::array data_types{DataType{2, 8, "uint8", true},
                                DataType{4, 16, "int16", true},
                                DataType{8, 32, "int32", true},
                                DataType{16, 32, "float32", true},
                                DataType{32, 64, "complex64", false},
                                DataType{64, 64, "float64", true},
                                DataType{128, 24, "RGB", false},
                                DataType{256, 8, "int8", true},
                                DataType{512, 16, "uint16", true},
                                DataType{768, 32, "uint32", true},
                                DataType{1024, 64, "int64", true},
                                DataType{1280, 64, "uint64", true},
                                DataType{1792, 128, "complex128", false},
                                DataType{2304, 32, "RGBA", false}};

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

/// The first bytes of the (unpacked) file, and how long it is.
struct Content {
    std::string head;
    std::uint64_t length = 0;
};

Content read_plain(const std::filesystem::path& path) {
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (error || !std::filesystem::exists(status)) {
        fail_reading(path, error ? error.value() : ENOENT);
    }
    if (!std::filesystem::is_regular_file(status)) fail(path, "is no file, remove or replace it");
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    if (!file) fail_reading(path, errno);
    Content content;
    content.length = std::filesystem::file_size(path, error);
    content.head.resize(header_bytes);
    content.head.resize(std::fread(content.head.data(), 1, header_bytes, file.get()));
    return content;
}

/// An open .gz file, read from the front to the end.
class GzipFile {
public:
    explicit GzipFile(const std::filesystem::path& path)
        : path_(path), file_(gzopen(path.c_str(), "rb")) {
        if (file_ == nullptr) fail_reading(path, errno);
    }
    ~GzipFile() { gzclose_r(file_); }
    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;

    /// At most `buffer.size()` bytes; fewer only at the end. Fails on damage.
    std::size_t read(std::span<char> buffer) {
        const int got = gzread(file_, buffer.data(), static_cast<unsigned>(buffer.size()));
        int code = Z_OK;
        const char* text = gzerror(file_, &code);
        if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
            const std::string why = code == Z_BUF_ERROR ? "it ends too early" : std::string(text);
            fail(path_, concat("is a damaged .gz file (", why, "), copy it again"));
        }
        return static_cast<std::size_t>(got);
    }

private:
    const std::filesystem::path& path_;
    gzFile file_;
};

std::uint64_t unpacked_length(const std::filesystem::path& path, std::uint64_t enough) {
    GzipFile file(path);
    std::vector<char> piece(1U << 18U);
    std::uint64_t length = 0;
    // Past the voxels nothing matters, and a file may unpack to any size.
    while (length <= enough + piece.size()) {
        const std::size_t got = file.read(piece);
        length += got;
        if (got < piece.size()) break;
    }
    return length;
}

bool has_gzip_magic(std::string_view head) { return head.starts_with("\x1f\x8b"); }

/// The header's byte order: true if it isn't the machine's.
bool is_swapped(const std::filesystem::path& path, std::string_view head) {
    const auto size = Fields(head, false).at<std::int32_t>(0);
    const auto other = Fields(head, true).at<std::int32_t>(0);
    constexpr std::int32_t nifti2_bytes = 540;
    if (size == nifti2_bytes || other == nifti2_bytes) {
        fail(path, "is a NIfTI-2 file (only NIfTI-1 can be read), convert it");
    }
    if (size != static_cast<std::int32_t>(header_bytes) &&
        other != static_cast<std::int32_t>(header_bytes)) {
        fail(path, concat("is no NIfTI file (the header's size reads ", size,
                          " instead of 348), copy or convert it again"));
    }
    return size != static_cast<std::int32_t>(header_bytes);
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
    if (!type->scalar) {
        fail(path, concat("holds ", type->name,
                          " voxels (one number a voxel is needed), save it as int16 or float32"));
    }
    if (bits != type->bits) {
        fail(path, concat("says that its ", type->name, " voxels have ", bits, " bits instead of ",
                          type->bits, ", the header is damaged"));
    }
    header.data_type = code;
    header.data_type_name = type->name;
    header.bytes_per_voxel = static_cast<std::size_t>(bits) / 8;
}

void read_spacing(const std::filesystem::path& path, const Fields& fields, NiftiHeader& header) {
    // Units of length: 1 metre, 3 micrometre; 2 and unknown are millimetres.
    const int units = fields.at<std::uint8_t>(123) & 0x07;
    const double scale = units == 1 ? 1e3 : units == 3 ? 1e-3 : 1.0;
    for (std::size_t d = 0; d < 3; ++d) {
        const double spacing = std::abs(fields.at<float>(80 + 4 * d));
        if (!std::isfinite(spacing)) {
            fail(path, "has a spacing that is no number, the header is damaged");
        }
        // ITK's NIfTI library takes 0 for 1.
        header.spacing[d] = spacing > 0 ? spacing * scale : 1.0;
    }
}

/// NaN in a matrix that is in use would go through ITK unseen.
void check_orientation(const std::filesystem::path& path, const Fields& fields) {
    const bool quaternion = fields.at<std::int16_t>(252) > 0;
    const bool matrix = fields.at<std::int16_t>(254) > 0;
    for (std::size_t offset = 256; offset < 328; offset += 4) {
        const bool used = offset < 280 ? quaternion : matrix;
        if (used && !std::isfinite(fields.at<float>(offset))) {
            fail(path, "has a position or direction that is no number, the header is damaged");
        }
    }
}

void read_data_place(const std::filesystem::path& path, const Fields& fields, NiftiHeader& header) {
    const float offset = fields.at<float>(108);
    constexpr float first = 352;
    constexpr float last = 1U << 30U;
    if (!(offset >= first && offset <= last)) {
        fail(path, concat("says that its voxels start at byte ", core::general(offset, 9),
                          " (352 or more is needed), the header is damaged"));
    }
    header.data_offset = static_cast<std::uint64_t>(offset);
    // Four sizes below 2^15 and 8 bytes a voxel: below 2^63.
    header.data_bytes = header.voxels_per_frame() * header.frames * header.bytes_per_voxel;
}

}  // namespace

bool is_nifti_name(std::string_view file_name) {
    const std::string lower = core::to_lower(file_name);
    return lower.ends_with(".nii") || lower.ends_with(".nii.gz");
}

NiftiHeader check_nifti(const std::filesystem::path& path) {
    Content content = read_plain(path);
    if (content.length == 0) fail(path, "is empty (0 bytes), copy it again");
    NiftiHeader header;
    header.compressed = core::to_lower(path.string()).ends_with(".gz");
    if (header.compressed != has_gzip_magic(content.head)) {
        fail(path, header.compressed ? "is named .gz but isn't compressed, rename it to .nii"
                                     : "is compressed, rename it to .nii.gz");
    }
    if (header.compressed) {
        GzipFile file(path);
        content.head.resize(header_bytes);
        content.head.resize(file.read(content.head));
    }
    if (content.head.size() < header_bytes) {
        fail(path, concat("is too short for a NIfTI header (", content.head.size(),
                          " bytes of 348), copy it again"));
    }
    const bool swapped = is_swapped(path, content.head);
    header.big_endian = swapped == (std::endian::native == std::endian::little);
    check_magic(path, content.head);
    const Fields fields(content.head, swapped);
    read_dimensions(path, fields, header);
    read_data_type(path, fields, header);
    read_spacing(path, fields, header);
    check_orientation(path, fields);
    read_data_place(path, fields, header);

    const std::uint64_t needed = header.data_offset + header.data_bytes;
    if (header.compressed) content.length = unpacked_length(path, needed);
    if (content.length < needed) {
        fail(path, concat("is cut off (", content.length, " bytes of the ", needed,
                          " that its header promises), copy it again"));
    }
    return header;
}

}  // namespace msunet::io
