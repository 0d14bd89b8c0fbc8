// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/hash.hpp"

#include <xxhash.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <new>
#include <vector>

#include "msunet/core/file.hpp"

namespace msunet::core {

struct Hasher::State {
    XXH3_state_t* xxh = XXH3_createState();

    State() {
        if (xxh == nullptr) throw std::bad_alloc();
        XXH3_128bits_reset(xxh);
    }
    ~State() { XXH3_freeState(xxh); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::bytes(std::span<const std::byte> data) {
    if (!data.empty()) XXH3_128bits_update(state_->xxh, data.data(), data.size());
    return *this;
}

Hasher& Hasher::text(std::string_view text) {
    integer(text.size());
    return bytes(std::as_bytes(std::span(text)));
}

Hasher& Hasher::integer(std::uint64_t value) {
    std::array<std::byte, 8> little{};
    for (std::byte& b : little) {
        b = static_cast<std::byte>(value & 0xFFU);
        value >>= 8U;
    }
    return bytes(little);
}

std::string Hasher::hex() const {
    const XXH128_hash_t digest = XXH3_128bits_digest(state_->xxh);
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%016llx%016llx",
                  static_cast<unsigned long long>(digest.high64),
                  static_cast<unsigned long long>(digest.low64));
    return text.data();
}

std::string hash_file(const std::filesystem::path& path) {
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    if (!file) throw FileError("can't read", path, errno);
    Hasher hasher;
    std::vector<std::byte> piece(std::size_t{1} << 20U);
    while (true) {
        const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
        hasher.bytes(std::span(piece).first(got));
        if (got < piece.size()) break;
    }
    if (std::ferror(file.get()) != 0) throw FileError("can't read", path, errno);
    return hasher.hex();
}

std::string hash_text(std::string_view text) {
    return Hasher().bytes(std::as_bytes(std::span(text))).hex();
}

}  // namespace msunet::core
