// SPDX-License-Identifier: Apache-2.0
#include "unpacked_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "fail.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

constexpr std::size_t packed_piece = std::size_t{1} << 16U;
constexpr std::size_t skipped_piece = std::size_t{1} << 18U;

[[noreturn]] void fail_reading(const std::filesystem::path& path, int error_number) {
    throw core::InputError(core::FileError("can't read", path, error_number).data());
}

/// An open file, hashed as it is read.
class HashedFile {
public:
    explicit HashedFile(std::filesystem::path path)
        // Without O_NONBLOCK a named pipe would wait for a writer.
        : path_(std::move(path)),
          descriptor_(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (descriptor_ < 0) fail_reading(path_, errno);
        struct stat status {};
        if (fstat(descriptor_, &status) != 0) {
            const int error_number = errno;
            close(descriptor_);
            fail_reading(path_, error_number);
        }
        if (!S_ISREG(status.st_mode)) {
            close(descriptor_);
            fail(path_, {.problem = "is not a regular file", .advice = "remove or replace it"});
        }
        bytes_ = static_cast<std::uint64_t>(status.st_size);
    }
    ~HashedFile() { close(descriptor_); }
    HashedFile(const HashedFile&) = delete;
    HashedFile& operator=(const HashedFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    std::size_t read(std::span<std::byte> out) {
        std::size_t got = 0;
        while (got < out.size()) {
            const auto now = ::read(descriptor_, out.data() + got, out.size() - got);
            if (now < 0 && errno == EINTR) continue;
            if (now < 0) fail_reading(path_, errno);
            if (now == 0) break;
            got += static_cast<std::size_t>(now);
        }
        hasher_.bytes(out.first(got));
        return got;
    }

    /// Leaves bytes out, which spoils the hash.
    void seek_forward(std::uint64_t count) {
        if (lseek(descriptor_, static_cast<off_t>(count), SEEK_CUR) < 0) fail_reading(path_, errno);
    }

    [[nodiscard]] std::string hash() const { return hasher_.hex(); }

private:
    std::filesystem::path path_;
    int descriptor_;
    std::uint64_t bytes_ = 0;
    core::Hasher hasher_;
};

/// Unpacks members of a .gz file one after another, as gzip and pigz write them. Bytes after the
/// last that are no member are ignored, as gzip does.
class Inflater {
public:
    explicit Inflater(HashedFile& file) : file_(file), packed_(packed_piece) {
        constexpr int gzip_only = 16;
        if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// The first two bytes are a .gz file's.
    bool has_magic() {
        refill();
        return stream_.avail_in >= 2 && packed_[0] == std::byte{0x1f} &&
               packed_[1] == std::byte{0x8b};
    }

    std::size_t read(std::span<std::byte> out) {
        std::size_t got = 0;
        while (got < out.size() && !ended_) got += inflate_some(out.subspan(got));
        return got;
    }

private:
    void refill() {
        if (stream_.avail_in > 0) return;
        stream_.avail_in = static_cast<unsigned>(file_.read(packed_));
        stream_.next_in = reinterpret_cast<unsigned char*>(packed_.data());
    }

    std::size_t inflate_some(std::span<std::byte> out) {
        refill();
        if (between_members_) {
            // A member begins with 0x1f; anything else is no part of the data.
            if (stream_.avail_in == 0 || *stream_.next_in != 0x1f) {
                ended_ = true;
                return 0;
            }
            inflateReset(&stream_);
            between_members_ = false;
        }
        if (stream_.avail_in == 0) damaged("it ends too early");
        stream_.next_out = reinterpret_cast<unsigned char*>(out.data());
        stream_.avail_out = static_cast<unsigned>(out.size());
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR) throw std::bad_alloc();
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            damaged(stream_.msg != nullptr ? stream_.msg : "its data can't be unpacked");
        }
        between_members_ = code == Z_STREAM_END;
        return out.size() - stream_.avail_out;
    }

    [[noreturn]] void damaged(std::string_view reason) const {
        fail(file_.path(), {.problem = "is a damaged .gz file",
                            .why = std::string(reason),
                            .advice = "copy it again"});
    }

    HashedFile& file_;
    std::vector<std::byte> packed_;
    z_stream stream_{};
    bool between_members_ = false;
    bool ended_ = false;
};

}  // namespace

struct UnpackedBytes::Impl {
    explicit Impl(const std::filesystem::path& path) : file(path) {}

    HashedFile file;
    std::optional<Inflater> inflater;
    std::uint64_t position = 0;
};

UnpackedBytes::UnpackedBytes(const std::filesystem::path& path)
    : impl_(std::make_unique<Impl>(path)) {
    if (impl_->file.bytes() == 0)
        fail(path, {.problem = "is empty", .why = "0 bytes", .advice = "copy it again"});
    if (!core::to_lower(path.string()).ends_with(".gz")) return;
    impl_->inflater.emplace(impl_->file);
    if (!impl_->inflater->has_magic()) {
        fail(path, {.problem = "is named .gz but isn't compressed", .advice = "rename it to .nii"});
    }
}

UnpackedBytes::~UnpackedBytes() = default;

bool UnpackedBytes::is_packed() const { return impl_->inflater.has_value(); }

std::uint64_t UnpackedBytes::file_bytes() const { return impl_->file.bytes(); }

std::uint64_t UnpackedBytes::position() const { return impl_->position; }

std::size_t UnpackedBytes::read(std::span<std::byte> out) {
    const std::size_t got = is_packed() ? impl_->inflater->read(out) : impl_->file.read(out);
    impl_->position += got;
    return got;
}

void UnpackedBytes::skip(std::uint64_t count, bool hashed) {
    if (!is_packed() && !hashed) {
        impl_->file.seek_forward(count);
        impl_->position += count;
        return;
    }
    std::vector<std::byte> piece(std::min<std::uint64_t>(skipped_piece, count));
    while (count > 0) {
        const std::size_t now = std::min<std::uint64_t>(piece.size(), count);
        if (read(std::span(piece).first(now)) < now) return;
        count -= now;
    }
}

std::string UnpackedBytes::finish_hash() {
    std::vector<std::byte> piece(skipped_piece);
    while (impl_->file.read(piece) == piece.size()) {
    }
    return impl_->file.hash();
}

}  // namespace msunet::io
