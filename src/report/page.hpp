// SPDX-License-Identifier: Apache-2.0
// The page's template, style and scripts, from page/ by way of page.cpp.in.
#pragma once

#include <string_view>

namespace msunet::report {

extern const std::string_view page_html;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace msunet::report
