// SPDX-License-Identifier: Apache-2.0
#include "report/page_template.hpp"

#include "msunet/core/text.hpp"

namespace msunet::report {

namespace {

/// Puts `content` in place of the mark, which the page has once.
void fill(std::string& page, std::string_view mark, std::string_view content) {
    page.replace(page.find(mark), mark.size(), content);
}

}  // namespace

std::string filled_page(const Page& page, std::string_view name, std::string_view heading,
                        std::string_view data) {
    // From the last mark to the first, as the inserted text may contain a mark.
    std::string html(page_frame);
    fill(html, "{{script}}", page.script);
    fill(html, "{{data}}", data);
    fill(html, "{{main}}", page.main);
    fill(html, "{{heading}}", in_html(heading));
    fill(html, "{{brand}}", page.command);
    fill(html, "{{skip}}",
         core::concat("<a class=\"skip\" href=\"#", page.skip_to, "\">Skip to the ", page.skip_to,
                      "</a>"));
    fill(html, "{{style}}", core::concat(page_style, page.style));
    fill(html, "{{title}}", core::concat(in_html(name), " - ", page.command));
    return html;
}

std::string in_html(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

std::string in_script(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (const char letter : json) {
        if (letter == '<') {
            out += "\\u003c";
        } else {
            out += letter;
        }
    }
    return out;
}

}  // namespace msunet::report
