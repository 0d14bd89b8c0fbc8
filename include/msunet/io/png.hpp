// SPDX-License-Identifier: Apache-2.0
/// \file
/// PNG pictures, grey or RGB, 8 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::io {

/// Pixels row by row from the top, channels next to each other.
struct Picture {
    std::size_t width = 0;
    std::size_t height = 0;
    /// 1 (grey) or 3 (red, green, blue).
    std::size_t channels = 1;
    /// width * height * channels values.
    std::vector<std::uint8_t> pixels;

    friend bool operator==(const Picture&, const Picture&) = default;
};

/// The file's bytes, without a time in it: the same for the same picture. Throws core::Error.
[[nodiscard]] std::string png_bytes(const Picture& picture);

/// Reads what png_bytes writes. Throws InputError that names `source`.
[[nodiscard]] Picture parse_png(std::string_view bytes, std::string_view source);

}  // namespace msunet::io
