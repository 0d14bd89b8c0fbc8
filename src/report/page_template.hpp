// SPDX-License-Identifier: Apache-2.0
/// \file
/// Fills in a page's template.
#pragma once

#include <string>
#include <string_view>

namespace msunet::report {

/// Puts `content` in place of the mark, which the template has once.
void fill(std::string& page, std::string_view mark, std::string_view content);

/// A text between HTML tags.
[[nodiscard]] std::string in_html(std::string_view text);

/// JSON inside a <script>: no tag can end it.
[[nodiscard]] std::string in_script(std::string_view json);

}  // namespace msunet::report
