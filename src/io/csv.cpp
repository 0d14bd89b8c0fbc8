// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/csv.hpp"

namespace msunet::io {

namespace {

std::string cell_text(const std::string& cell) {
    if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
    std::string out = "\"";
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out += '"';
}

}  // namespace

std::string csv_row(std::span<const std::string> cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) row += ',';
        row += cell_text(cells[i]);
    }
    return row += '\n';
}

}  // namespace msunet::io
