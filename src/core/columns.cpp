// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/columns.hpp"

#include <algorithm>

namespace msunet::core {
namespace {

constexpr std::string_view dots = "...";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Bytes of the first `width` characters.
std::size_t bytes_of(std::string_view text, std::size_t width) {
    std::size_t at = 0;
    for (std::size_t count = 0; at < text.size(); ++at) {
        if (continues(text[at])) continue;
        if (count++ == width) break;
    }
    return at;
}

}  // namespace

std::string pad_left(std::string_view text, std::size_t width) {
    const std::size_t used = display_width(text);
    return std::string(width > used ? width - used : 0, ' ').append(text);
}

std::string pad_right(std::string_view text, std::size_t width) {
    const std::size_t used = display_width(text);
    return std::string(text).append(width > used ? width - used : 0, ' ');
}

std::string shorten(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width <= dots.size()) return std::string(text.substr(0, bytes_of(text, width)));
    return std::string(text.substr(0, bytes_of(text, width - dots.size()))).append(dots);
}

std::vector<std::string> break_lines(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (display_width(text) > width) {
        const std::size_t limit = bytes_of(text, width + 1);
        std::size_t blank = text.substr(0, limit).find_last_of(' ');
        const bool breakable = blank != std::string_view::npos && blank > 0;
        const std::size_t end = breakable ? blank : bytes_of(text, width);
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(breakable ? end + 1 : end);
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    }
    lines.emplace_back(text);
    return lines;
}

}  // namespace msunet::core
