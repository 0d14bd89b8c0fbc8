// SPDX-License-Identifier: Apache-2.0
#pragma once

// Content hashes for the cache key, the data set and the resume check (XXH3, 128 bit).
// Not cryptographic: they tell files apart, they don't stop a forger.

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

    /// The bytes as they stand; two calls equal one with both parts.
    Hasher& bytes(std::span<const std::byte> data);
    /// Any span of trivially copyable elements, as bytes.
    template <class T>
    Hasher& values(std::span<const T> data) {
        return bytes(std::as_bytes(data));
    }
    /// Length, then the text: ("ab","c") and ("a","bc") differ.
    Hasher& text(std::string_view text);
    Hasher& integer(std::uint64_t value);
    /// The bits of the double.
    Hasher& number(double value);

    /// The 128-bit digest of everything so far as 32 lower-case hex digits; may be asked again.
    [[nodiscard]] std::string hex() const;
    /// The low 64 bits of the digest.
    [[nodiscard]] std::uint64_t value() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// hex() of a file's bytes, read in pieces of 1 MiB. Throws FileError.
[[nodiscard]] std::string hash_file(const std::filesystem::path& path);

/// hex() of a text's bytes.
[[nodiscard]] std::string hash_text(std::string_view text);

}  // namespace msunet::core
