// SPDX-License-Identifier: Apache-2.0
// The pages' templates, styles and scripts, from page/ by way of page.cpp.in.
#pragma once

#include <string_view>

namespace msunet::report {

extern const std::string_view page_html;
extern const std::string_view page_style;
extern const std::string_view page_script;

/// Of the page of `msunet predict --qc`, beside the style of report.html.
extern const std::string_view qc_page_html;
extern const std::string_view qc_page_style;
extern const std::string_view qc_page_script;

}  // namespace msunet::report
