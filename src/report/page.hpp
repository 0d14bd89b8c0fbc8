// SPDX-License-Identifier: Apache-2.0
/// \file
/// The pages' templates, styles and scripts. CMake puts the files of page/ into page.cpp.in.
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

/// Of the page of `msunet bench`, likewise.
extern const std::string_view bench_page_html;
extern const std::string_view bench_page_style;
extern const std::string_view bench_page_script;

}  // namespace msunet::report
