// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/print.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

/// `line` as roff shows it unchanged: a dash stays a dash that can be copied, and a line that
/// begins with a dot or an apostrophe is no request.
std::string escaped(std::string_view line) {
    std::string out;
    if (line.starts_with('.') || line.starts_with('\'')) out += "\\&";
    for (const char c : line) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string man_page(const ManPage& page) {
    std::string out = concat(".TH ", escaped(page.name), " 1 \"\" \"msunet ", page.version,
                             "\" \"msunet\"\n.SH NAME\n", escaped(page.name), " \\- ",
                             escaped(page.summary), "\n.SH DESCRIPTION\n.nf\n");
    const std::vector<std::string> lines = core::split(page.help, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool begins = i == 0 || lines[i - 1].empty();
        const bool heads = i + 1 < lines.size() && lines[i + 1].starts_with(' ');
        if (begins && heads && !lines[i].empty() && !lines[i].starts_with(' ')) {
            out += concat(".fi\n.SH ", escaped(lines[i]), "\n.nf\n");
        } else {
            out += concat(escaped(lines[i]), "\n");
        }
    }
    return concat(out, ".fi\n");
}

}  // namespace msunet::config
