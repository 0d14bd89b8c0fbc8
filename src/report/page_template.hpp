// SPDX-License-Identifier: Apache-2.0
/// \file
/// Fills in a page.
#pragma once

#include <string>
#include <string_view>

#include "report/page.hpp"

namespace msunet::report {

/// The frame with what is in a page. `name`: in its title. `heading`: of the page; empty where the
/// script writes it. `data`: see in_script.
[[nodiscard]] std::string filled_page(const Page& page, std::string_view name,
                                      std::string_view heading, std::string_view data);

/// A text between HTML tags.
[[nodiscard]] std::string in_html(std::string_view text);

/// JSON inside a <script>: no tag can end it.
[[nodiscard]] std::string in_script(std::string_view json);

}  // namespace msunet::report
