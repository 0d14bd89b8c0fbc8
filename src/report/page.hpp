// SPDX-License-Identifier: Apache-2.0
/// \file
/// The pages: what all of them have, and what is in each. CMake puts the files of page/ into
/// page.cpp.in.
#pragma once

#include <string_view>

namespace msunet::report {

/// HTML with marks, see filled_page.
extern const std::string_view page_frame;
extern const std::string_view page_style;

/// What is particular to a page.
struct Page {
    std::string_view command;  ///< that writes it
    std::string_view skip_to;  ///< id of the section after the overview
    std::string_view main;     ///< HTML
    std::string_view style;    ///< beside page_style
    std::string_view script;
};

extern const Page report_page;
extern const Page qc_page;     ///< of `msunet predict --qc`
extern const Page bench_page;  ///< of the scaling suite

}  // namespace msunet::report
