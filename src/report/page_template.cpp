// SPDX-License-Identifier: Apache-2.0
#include "report/page_template.hpp"

namespace msunet::report {

void fill(std::string& page, std::string_view mark, std::string_view content) {
    page.replace(page.find(mark), mark.size(), content);
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
