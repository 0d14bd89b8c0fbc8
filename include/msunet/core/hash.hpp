// SPDX-License-Identifier: Apache-2.0
/// \file
/// Content hashes (XXH3, 128 bits) for the cache key, the data set and the resume check. They
/// detect accidental changes; they are not cryptographic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace msunet::core {

/// Streaming hash. Values are hashed in little-endian order.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    /// Raw bytes; two calls equal one with both parts.
    Hasher& bytes(std::span<const std::byte> data);
    /// Any span of trivially copyable elements, as bytes.
    template <class T>
    Hasher& values(std::span<const T> data) {
        return bytes(std::as_bytes(data));
    }
    /// Length, then the text: ("ab","c") and ("a","bc") differ.
    Hasher& text(std::string_view text);
    Hasher& integer(std::uint64_t value);

    /// The 128-bit digest of everything so far as 32 lower-case hex digits. More
    /// can be hashed afterwards.
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// hex() of a file's bytes, read in pieces of 1 MiB. Throws FileError.
[[nodiscard]] std::string hash_file(const std::filesystem::path& path);

/// hex() of a text's bytes.
[[nodiscard]] std::string hash_text(std::string_view text);

}  // namespace msunet::core
