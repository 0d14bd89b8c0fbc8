// SPDX-License-Identifier: Apache-2.0
#include "bench_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string_view>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::array<std::string_view, train::section_count> section_names{
    "cutting batches",
    "convolutions, forward",
    "fused operations, forward",
    "dropout masks",
    "loss and metrics",
    "convolutions, backward",
    "fused operations, backward",
    "all-reduce over the ranks, waiting included",
    "optimiser",
    "rest"};

constexpr std::size_t name_width = 50, cell_width = 14;

/// A new line: name, then columns of figures, aligned.
std::string row(std::string_view name, const std::vector<std::string>& cells) {
    std::string line = concat("\n  ", core::pad_right(name, name_width));
    for (const auto& cell : cells) line += concat(' ', core::pad_left(cell, cell_width - 1));
    return line;
}

std::string milliseconds(double seconds) {
    const double value = 1000 * seconds;
    return core::fixed(value, value < 100 ? 2 : 0);
}

std::string timing_row(const BenchTiming& timing) {
    const auto& seconds = timing.times.seconds;
    const double slowest = seconds.empty() ? 0 : *std::max_element(seconds.begin(), seconds.end());
    return row(timing.name, {core::fixed(timing.samples_per_second(), 1),
                             milliseconds(timing.median()), milliseconds(slowest)});
}

std::string section_rows(const train::SectionSeconds& sections) {
    const double total = std::accumulate(sections.begin(), sections.end(), 0.0);
    std::string text;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const double share = total > 0 ? 100 * sections[i] / total : 0;
        text += row(section_name(i), {milliseconds(sections[i]), core::fixed(share, 1) + " %"});
    }
    return text;
}

}  // namespace

std::string_view section_name(std::size_t section) { return section_names.at(section); }

double BenchTiming::median() const {
    if (times.seconds.empty()) return 0;
    auto sorted = times.seconds;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double BenchTiming::samples_per_second() const {
    const double step = median();
    return step > 0 ? times.samples / step : 0;
}

double percent_longer(const BenchTiming& real, const BenchTiming& dummy) {
    const double base = dummy.median();
    return base > 0 ? 100 * (real.median() / base - 1) : 0;
}

std::string format_bench_table(const BenchFigures& figures) {
    std::string text = figures.setting + '\n';
    text += row("samples", {"patches/s", "ms a step", "slowest ms"});
    for (const auto& timing : figures.timings) text += timing_row(timing);
    text += timing_row(figures.inference);
    if (figures.timings.size() > 1) {
        const double percent = percent_longer(figures.timings[0], figures.timings[1]);
        text += concat("\n\nsteps on real samples take ", core::fixed(std::abs(percent), 1), " % ",
                       percent < 0 ? "less" : "more", " time than on dummy samples");
    } else {
        text += "\n\ndummy samples alone: -tpath and -mpath time real ones beside them";
    }
    if (figures.sections) {
        text += '\n';
        text += row(concat("where a step's time goes, ", figures.timings.front().name, " samples"),
                    {"ms", "share"});
        text += section_rows(*figures.sections);
    }
    text +=
        concat("\n\nmemory: ", core::bytes_text(figures.memory), " at most, all ranks together");
    for (const auto& notice : figures.notices) text += "\nnote: " + notice;
    return text;
}

}  // namespace msunet::app
