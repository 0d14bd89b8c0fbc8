// SPDX-License-Identifier: Apache-2.0
#include "report/table_cell.hpp"

#include <array>
#include <cstdio>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report {

std::string table_cell(std::string_view text, std::size_t width) {
    const std::string cell = core::pad_left(text, width);
    return cell.starts_with(' ') ? cell : ' ' + cell;
}

std::string table_cell(double metric, std::size_t width) {
    std::string text = core::fixed(metric, 4);
    if (text.size() >= width) {
        std::array<char, 32> shorter{};
        std::snprintf(shorter.data(), shorter.size(), "%.1e", metric);
        text = shorter.data();
    }
    return table_cell(text, width);
}

std::string training_cell(std::uint64_t trial, std::size_t others, bool is_refit) {
    if (is_refit) return "refit";
    return others == 0 ? std::to_string(trial) : core::concat(trial, " +", others);
}

}  // namespace msunet::report
