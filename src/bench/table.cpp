// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>

#include "msunet/bench/measurement.hpp"
#include "msunet/bench/names.hpp"
#include "msunet/core/columns.hpp"
#include "msunet/core/quantity.hpp"
#include "msunet/core/text.hpp"

namespace msunet::bench {

using core::concat;

namespace {

constexpr std::array<std::size_t, 8> widths{14, 6, 6, 17, 26, 9, 11, 11};

/// A line: the first cell at the left, the others at the right of their columns.
std::string line(std::span<const std::string> cells) {
    std::string text = concat("\n  ", core::pad_right(cells[0], widths[0]));
    for (std::size_t i = 1; i < cells.size(); ++i) text += core::pad_left(cells[i], widths[i]);
    return text;
}

std::string percent(double share) { return concat(core::fixed(100 * share, 1), " %"); }

/// Lowest and highest rate. Their prefixes may differ, samples have none.
std::string range_text(const Spread& rate, std::string_view unit) {
    if (unit == names::samples) {
        return concat(core::fixed(rate.lowest, 1), "–", core::fixed(rate.highest, 1));
    }
    return concat(rate_text(rate.lowest, unit), "–", rate_text(rate.highest, unit));
}

}  // namespace

std::string rate_text(double rate, std::string_view unit) {
    if (unit == names::bytes) return core::with_prefix(rate, "B/s");
    if (unit == names::flop) return core::with_prefix(rate, "flop/s");
    return concat(core::fixed(rate, 1), " ", unit, "/s");
}

std::string table_text(std::span<const Summary> summaries, std::string_view benchmark) {
    const auto is_shown = [&](const Summary& one) { return one.benchmark == benchmark; };
    if (std::none_of(summaries.begin(), summaries.end(), is_shown)) return {};
    const bool reduces = std::any_of(summaries.begin(), summaries.end(), [&](const auto& one) {
        return is_shown(one) && one.reduction;
    });
    std::vector<std::string> cells{
        std::string(benchmark), "ranks", "nodes", "median", "range", "speed-up", "efficiency"};
    if (reduces) cells.emplace_back("all-reduce");
    std::string text = line(cells).substr(1);
    for (const auto& one : summaries) {
        if (!is_shown(one)) continue;
        cells = {one.variant,
                 std::to_string(one.ranks),
                 std::to_string(one.nodes),
                 rate_text(one.rate.median, one.unit),
                 range_text(one.rate, one.unit),
                 core::fixed(one.speed_up, 2),
                 percent(one.efficiency)};
        if (reduces) cells.push_back(one.reduction ? percent(*one.reduction) : "");
        text += line(cells);
    }
    return text;
}

}  // namespace msunet::bench
