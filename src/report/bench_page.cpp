// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/bench_page.hpp"

#include "msunet/core/text.hpp"
#include "report/page.hpp"
#include "report/page_template.hpp"

namespace msunet::report {

std::string bench_html(std::string_view json) {
    // From the last mark to the first, as the inserted text may contain a mark.
    std::string html(bench_page_html);
    fill(html, "{{script}}", bench_page_script);
    fill(html, "{{data}}", in_script(json));
    fill(html, "{{style}}", core::concat(page_style, bench_page_style));
    return html;
}

}  // namespace msunet::report
