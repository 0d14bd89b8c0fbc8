// SPDX-License-Identifier: Apache-2.0
/// \file
/// Outlines of masks as SVG paths, and base 64, for the pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace msunet::report {

/// The outline of a mask (height x width, 0 or not) as the `d` of an SVG path in pixel coordinates;
/// it runs through the middles of the edges between inside and outside, so that corners are cut.
[[nodiscard]] std::string contour_path(std::span<const std::uint8_t> mask, std::size_t width,
                                       std::size_t height);

/// RFC 4648 base 64.
[[nodiscard]] std::string base64(std::string_view bytes);
/// Its inverse; throws core::InputError on other text.
[[nodiscard]] std::string from_base64(std::string_view text);

}  // namespace msunet::report
