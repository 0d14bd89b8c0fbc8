// SPDX-License-Identifier: Apache-2.0
#include "packed_file.hpp"

#include <zlib.h>

#include <new>
#include <optional>
#include <vector>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

/// Packs bytes into one gzip member. Equal bytes give an equal file: no time, no name.
class Deflater {
public:
    explicit Deflater(core::AtomicFile& file) : file_(file), packed_(packed_piece) {
        constexpr int gzip = 16;
        constexpr int memory_level = 8;
        if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip,
                         memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    void write(std::span<const std::byte> bytes, int flush = Z_NO_FLUSH) {
        // zlib does not write to it.
        stream_.next_in =
            const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
        stream_.avail_in = static_cast<unsigned>(bytes.size());
        do {
            stream_.next_out = reinterpret_cast<unsigned char*>(packed_.data());
            stream_.avail_out = static_cast<unsigned>(packed_.size());
            deflate(&stream_, flush);
            file_.write(
                std::span<const std::byte>(packed_).first(packed_.size() - stream_.avail_out));
        } while (stream_.avail_out == 0);
    }

private:
    static constexpr std::size_t packed_piece = std::size_t{1} << 18U;

    core::AtomicFile& file_;
    std::vector<std::byte> packed_;
    z_stream stream_{};
};

}  // namespace

struct PackedFile::Impl {
    explicit Impl(const std::filesystem::path& path) : file(path) {
        if (core::to_lower(path.string()).ends_with(".gz")) deflater.emplace(file);
    }

    core::AtomicFile file;
    std::optional<Deflater> deflater;
};

PackedFile::PackedFile(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}

PackedFile::~PackedFile() = default;

void PackedFile::write(std::span<const std::byte> bytes) {
    if (impl_->deflater) {
        impl_->deflater->write(bytes);
    } else {
        impl_->file.write(bytes);
    }
}

void PackedFile::commit() {
    if (impl_->deflater) impl_->deflater->write({}, Z_FINISH);
    impl_->file.commit();
}

}  // namespace msunet::io
