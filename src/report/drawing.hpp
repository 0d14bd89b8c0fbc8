// SPDX-License-Identifier: Apache-2.0
/// \file
/// A drawing on a cairo context, as the bytes of an SVG or a PNG file. Coordinates are pixels from
/// the upper left corner; the paper is white.
#pragma once

#include <cairo.h>

#include <cstddef>
#include <functional>
#include <string>

namespace msunet::report {

/// Draws one picture. Called once for each file that is made of it.
using Draw = std::function<void(cairo_t*)>;

/// Throws core::Error where cairo fails.
[[nodiscard]] std::string svg_bytes(std::size_t width, std::size_t height, const Draw& draw);

/// RGB, 8 bits. Throws core::Error where cairo fails.
[[nodiscard]] std::string png_bytes(std::size_t width, std::size_t height, const Draw& draw);

}  // namespace msunet::report
