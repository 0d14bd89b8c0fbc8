// SPDX-License-Identifier: Apache-2.0
#include "report/contour.hpp"

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report {
namespace {

// Corners of pixels, in pixels.
using Corner = std::pair<long, long>;  // x, y

// Unit edges with the inside on their right hand, by starting corner. Two start at a corner where
// inside pixels touch diagonally.
using Edges = std::multimap<Corner, Corner>;

Edges boundary(std::span<const std::uint8_t> mask, long width, long height) {
    const auto inside = [&](long x, long y) {
        return x >= 0 && y >= 0 && x < width && y < height &&
               mask[static_cast<std::size_t>(y * width + x)] != 0;
    };
    Edges edges;
    for (long y = 0; y < height; ++y) {
        for (long x = 0; x < width; ++x) {
            if (!inside(x, y)) continue;
            if (!inside(x, y - 1)) edges.emplace(Corner{x, y}, Corner{x + 1, y});
            if (!inside(x + 1, y)) edges.emplace(Corner{x + 1, y}, Corner{x + 1, y + 1});
            if (!inside(x, y + 1)) edges.emplace(Corner{x + 1, y + 1}, Corner{x, y + 1});
            if (!inside(x - 1, y)) edges.emplace(Corner{x, y + 1}, Corner{x, y});
        }
    }
    return edges;
}

// Middles of a loop's edges, doubled so that they are integers.
std::vector<Corner> take_loop(Edges& edges) {
    std::vector<Corner> middles;
    auto edge = edges.begin();
    while (edge != edges.end()) {
        const Corner from = edge->first;
        const Corner to = edge->second;
        middles.emplace_back(from.first + to.first, from.second + to.second);
        edges.erase(edge);
        edge = edges.find(to);
    }
    return middles;
}

bool straight(const Corner& a, const Corner& b, const Corner& c) {
    return (b.first - a.first) * (c.second - b.second) ==
           (b.second - a.second) * (c.first - b.first);
}

std::string half(long doubled) { return core::concat(doubled / 2, doubled % 2 == 0 ? "" : ".5"); }

constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string contour_path(std::span<const std::uint8_t> mask, std::size_t width,
                         std::size_t height) {
    Edges edges = boundary(mask, static_cast<long>(width), static_cast<long>(height));
    std::string path;
    while (!edges.empty()) {
        const std::vector<Corner> loop = take_loop(edges);
        char command = 'M';
        for (std::size_t i = 0; i < loop.size(); ++i) {
            const Corner& before = loop[(i + loop.size() - 1) % loop.size()];
            const Corner& after = loop[(i + 1) % loop.size()];
            if (straight(before, loop[i], after)) continue;
            path += core::concat(command, half(loop[i].first), ' ', half(loop[i].second));
            command = 'L';
        }
        path += 'Z';
    }
    return path;
}

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group <<= 8U;
            if (i + k < bytes.size()) group |= static_cast<unsigned char>(bytes[i + k]);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool padding = i + k > bytes.size();
            text += padding ? '=' : base64_letters[(group >> (18U - 6U * k)) & 63U];
        }
    }
    return text;
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        if (letter == '=') break;
        const std::size_t value = base64_letters.find(letter);
        if (value == std::string_view::npos) {
            throw core::InputError("a picture's base-64 text has a letter that isn't part of it");
        }
        group = (group << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((group >> bits) & 255U);
        }
    }
    return bytes;
}

}  // namespace msunet::report
