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

namespace msunet::measure {

using core::concat;

namespace {

// Sections that the page shows as one.
constexpr std::string_view convolution_parts = "convolutions";
constexpr std::string_view fused_parts = "fused operations";
constexpr std::string_view optimizer_parts = "optimiser";
constexpr std::string_view other_parts = "batches, dropout masks, loss, rest";
constexpr std::string_view reduction_parts = "all-reduce, waiting included";
/// As the page shows them: last what grows with the ranks.
constexpr std::array part_groups{convolution_parts, fused_parts, optimizer_parts, other_parts,
                                 reduction_parts};

struct SectionText {
    std::string_view name;
    std::string_view group;
};

constexpr std::array<SectionText, train::section_count> section_texts{
    {{"cutting batches", other_parts},
     {"convolutions, forward", convolution_parts},
     {"fused operations, forward", fused_parts},
     {"dropout masks", other_parts},
     {"loss and metrics", other_parts},
     {"convolutions, backward", convolution_parts},
     {"fused operations, backward", fused_parts},
     {"all-reduce over the ranks, waiting included", reduction_parts},
     {"optimiser", optimizer_parts},
     {"rest", other_parts}}};

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
        text += row(section_texts.at(i).name,
                    {milliseconds(sections[i]), core::fixed(share, 1) + " %"});
    }
    return text;
}

}  // namespace

std::vector<bench::StepPart> step_parts(const train::SectionSeconds& sections) {
    std::vector<bench::StepPart> parts;
    for (const auto group : part_groups) {
        for (std::size_t i = 0; i < sections.size(); ++i) {
            const auto& text = section_texts.at(i);
            if (text.group != group) continue;
            parts.push_back({.name = std::string(text.name),
                             .group = std::string(group),
                             .seconds = sections.at(i)});
        }
    }
    return parts;
}

double BenchTiming::median() const { return bench::spread_of(times.seconds).median; }

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

}  // namespace msunet::measure
