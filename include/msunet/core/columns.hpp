// SPDX-License-Identifier: Apache-2.0
/// \file
/// Text in columns of a terminal. Widths are those of `display_width`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/text.hpp"

namespace msunet::core {

/// Text at the right or left end of `width` columns; a wider one stays as it is.
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);

/// At most `width` characters; a longer text ends in "...".
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);

/// Lines of at most `width` characters, broken at blanks or, in longer words, anywhere. An empty
/// text is one empty line.
[[nodiscard]] std::vector<std::string> break_lines(std::string_view text, std::size_t width);

}  // namespace msunet::core
