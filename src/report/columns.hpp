// SPDX-License-Identifier: Apache-2.0
// Text in columns; widths count characters (code points), not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/text.hpp"

namespace msunet::report {

using core::display_width;
std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);
/// At most `width` characters; a longer text ends in "...".
std::string shorten(std::string_view text, std::size_t width);
/// Lines of at most `width` characters, broken at blanks or, in longer words, anywhere. An empty
/// text is one empty line.
std::vector<std::string> break_lines(std::string_view text, std::size_t width);

}  // namespace msunet::report
