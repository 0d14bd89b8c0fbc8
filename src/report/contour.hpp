// SPDX-License-Identifier: Apache-2.0
// Outlines of masks and pictures in text form, for pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace msunet::report {

/// The outline of a mask (height x width, 0 or not) as the `d` of an SVG path in pixel coordinates;
/// it runs through the middles of the edges between inside and outside, so that corners are cut.
std::string contour_path(std::span<const std::uint8_t> mask, std::size_t width, std::size_t height);

/// RFC 4648 base 64.
std::string base64(std::string_view bytes);
/// Its inverse; throws core::InputError on other text.
std::string from_base64(std::string_view text);

}  // namespace msunet::report
