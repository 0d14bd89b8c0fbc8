// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fail.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "unpacked_bytes.hpp"

namespace msunet::io {

namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;
/// Unpacked bytes after the voxels that are looked at for the checksum: a file may unpack to any
/// size.
constexpr std::uint64_t unpacked_after_voxels = std::uint64_t{1} << 18U;

[[noreturn]] void cut_off(const std::filesystem::path& path, std::uint64_t bytes,
                          std::uint64_t needed) {
    fail(path, {.problem = "is cut off",
                .why = core::concat(bytes, " bytes of the ", needed, " that its header promises"),
                .advice = "copy it again"});
}

std::uint64_t end_of_data(const NiftiHeader& header) {
    return header.data_offset + header.data_bytes();
}

/// Bytes that a file may unpack to, whatever its header promises.
std::uint64_t largest_content(const UnpackedBytes& bytes) {
    constexpr std::uint64_t deflate_limit = 1032;
    return bytes.file_bytes() * (bytes.is_packed() ? deflate_limit : 1);
}

/// Reads on until `text` has `length` bytes, or to the end.
void append(UnpackedBytes& bytes, std::uint64_t length, std::string& text) {
    while (text.size() < length) {
        const std::size_t done = text.size();
        const std::size_t now = std::min<std::uint64_t>(piece_bytes, length - done);
        text.resize(done + now);
        const auto rest = std::span(text).subspan(done);
        text.resize(done + bytes.read(std::as_writable_bytes(rest)));
        if (text.size() < done + now) return;
    }
}

/// Turns the file's numbers into voxels.
class Decoder {
public:
    explicit Decoder(const NiftiHeader& header)
        : type_(header.type),
          swapped_(header.big_endian == (std::endian::native == std::endian::little)),
          scaled_(differs(header.slope, 1) || differs(header.intercept, 0)),
          slope_(header.slope),
          intercept_(header.intercept) {}

    /// As many numbers as there are voxels.
    void decode(std::span<const std::byte> numbers, std::span<float> voxels) {
        switch (type_) {
            case NumberType::uint8:
                return decode_as<std::uint8_t>(numbers, voxels);
            case NumberType::int8:
                return decode_as<std::int8_t>(numbers, voxels);
            case NumberType::uint16:
                return decode_as<std::uint16_t>(numbers, voxels);
            case NumberType::int16:
                return decode_as<std::int16_t>(numbers, voxels);
            case NumberType::uint32:
                return decode_as<std::uint32_t>(numbers, voxels);
            case NumberType::int32:
                return decode_as<std::int32_t>(numbers, voxels);
            case NumberType::uint64:
                return decode_as<std::uint64_t>(numbers, voxels);
            case NumberType::int64:
                return decode_as<std::int64_t>(numbers, voxels);
            case NumberType::float32:
                return decode_as<float>(numbers, voxels);
            case NumberType::float64:
                return decode_as<double>(numbers, voxels);
        }
    }

    [[nodiscard]] std::uint64_t not_finite() const { return not_finite_; }

private:
    static bool differs(double a, double b) {
        return std::abs(a - b) > std::numeric_limits<double>::epsilon();
    }

    template <class T>
    T number_at(const std::byte* at) const {
        std::array<std::byte, sizeof(T)> raw{};
        std::memcpy(raw.data(), at, sizeof(T));
        if (swapped_) std::ranges::reverse(raw);
        return std::bit_cast<T>(raw);
    }

    /// ITK's order of roundings: integers become float32 first, the sum is taken in double.
    template <class T>
    [[nodiscard]] float scaled(T number) const {
        if constexpr (std::is_same_v<T, double>) {
            return static_cast<float>(number * slope_ + intercept_);
        } else {
            const double value = static_cast<double>(static_cast<float>(number)) * slope_;
            return static_cast<float>(value + intercept_);
        }
    }

    template <class T>
    void decode_as(std::span<const std::byte> numbers, std::span<float> voxels) {
        const std::byte* at = numbers.data();
        for (float& voxel : voxels) {
            const T number = number_at<T>(at);
            at += sizeof(T);
            if constexpr (std::is_floating_point_v<T>) {
                if (!std::isfinite(number)) ++not_finite_;
            }
            voxel = scaled_ ? scaled(number) : static_cast<float>(number);
        }
    }

    NumberType type_;
    bool swapped_;
    bool scaled_;
    double slope_;
    double intercept_;
    std::uint64_t not_finite_ = 0;
};

}  // namespace

class NiftiFile::Bytes : public UnpackedBytes {
public:
    using UnpackedBytes::UnpackedBytes;
};

NiftiFile::NiftiFile(std::filesystem::path path)
    : path_(std::move(path)), bytes_(std::make_unique<Bytes>(path_)) {
    append(*bytes_, nifti_header_bytes(), head_);
    if (!bytes_->is_packed() && head_.starts_with("\x1f\x8b")) {
        fail(path_, {.problem = "is compressed", .advice = "rename it to .nii.gz"});
    }
    append(*bytes_, nifti_header_bytes(head_), head_);
    header_ = parse_nifti_header(path_, head_);
    if (!bytes_->is_packed() && bytes_->file_bytes() < end_of_data(header_)) {
        cut_off(path_, bytes_->file_bytes(), end_of_data(header_));
    }
}

NiftiFile::~NiftiFile() = default;
NiftiFile::NiftiFile(NiftiFile&&) noexcept = default;
NiftiFile& NiftiFile::operator=(NiftiFile&&) noexcept = default;

double NiftiFile::cost() const {
    const double unpacking = bytes_->is_packed() ? 3.0 : 1.0;
    return static_cast<double>(header_.data_bytes()) * unpacking +
           20.0 * static_cast<double>(header_.voxels_per_frame());
}

/// Reads frames one after another. Takes the bytes out of the file's object, so that the file is
/// closed at the end.
class NiftiFile::FrameReader {
public:
    explicit FrameReader(NiftiFile& file)
        : path_(file.path_),
          header_(file.header_),
          bytes_(std::move(file.bytes_)),
          decoder_(file.header_),
          needed_(end_of_data(file.header_)) {}

    /// Reads to the first voxel; `head` holds the header's bytes.
    void pass_head(std::string& head) {
        append(*bytes_, header_.data_offset, head);
        if (bytes_->position() < header_.data_offset) fail_cut_off();
    }
    void skip_frames(std::uint64_t frames, bool hashed) {
        bytes_->skip(frames * header_.frame_bytes(), hashed);
    }
    void read(std::vector<float>& voxels) {
        voxels.clear();
        voxels.reserve(
            std::min<std::uint64_t>(header_.voxels_per_frame(), largest_content(*bytes_)));
        std::vector<std::byte> piece(std::min<std::uint64_t>(piece_bytes, header_.frame_bytes()));
        for (std::uint64_t left = header_.frame_bytes(); left > 0;) {
            const std::size_t now = std::min<std::uint64_t>(piece.size(), left);
            const auto numbers = std::span(piece).first(now);
            if (bytes_->read(numbers) < now) fail_cut_off();
            const std::size_t done = voxels.size();
            voxels.resize(done + now / bytes_of(header_.type));
            decoder_.decode(numbers, std::span(voxels).subspan(done));
            left -= now;
        }
    }
    /// Reads what a packed file holds behind, for its checksum.
    void finish(bool hashed) {
        if (!bytes_->is_packed()) return;
        bytes_->skip(needed_ + unpacked_after_voxels - bytes_->position(), hashed);
        if (bytes_->position() < needed_) fail_cut_off();
    }
    [[nodiscard]] std::uint64_t not_finite() const { return decoder_.not_finite(); }
    [[nodiscard]] std::string finish_hash() { return bytes_->finish_hash(); }

private:
    [[noreturn]] void fail_cut_off() const { cut_off(path_, bytes_->position(), needed_); }

    const std::filesystem::path& path_;
    const NiftiHeader& header_;
    std::unique_ptr<Bytes> bytes_;
    Decoder decoder_;
    std::uint64_t needed_;
};

NiftiFrame NiftiFile::read(std::int64_t frame, Extent extent) && {
    const bool hashed = extent == Extent::whole;
    const auto last = static_cast<std::int64_t>(header_.frames) - 1;
    FrameReader reader(*this);
    NiftiFrame result{
        .volume = header_.geometry, .head = std::move(head_), .frames = header_.frames};
    reader.pass_head(result.head);
    reader.skip_frames(static_cast<std::uint64_t>(std::clamp<std::int64_t>(frame, 0, last)),
                       hashed);
    reader.read(result.volume.voxels);
    result.not_finite = reader.not_finite();
    reader.finish(hashed);
    if (hashed) result.hash = reader.finish_hash();
    return result;
}

void NiftiFile::each_frame(const std::function<void(const core::Volume&)>& use) && {
    FrameReader reader(*this);
    reader.pass_head(head_);
    core::Volume volume = header_.geometry;
    for (std::size_t i = 0; i < header_.frames; ++i) {
        reader.read(volume.voxels);
        use(volume);
    }
    reader.finish(false);
}

}  // namespace msunet::io
