// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/measurement.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/io/csv.hpp"

namespace msunet::bench {

namespace {

/// All repeats on the same ranks.
struct Repeats {
    Summary summary;
    std::vector<double> rates;
    std::vector<double> reductions;
    int with_parts = 0;
};

bool is_of(const Summary& summary, const Measurement& one) {
    return std::tie(summary.benchmark, summary.variant, summary.ranks) ==
           std::tie(one.benchmark, one.variant, one.ranks);
}

Repeats& repeats_of(std::vector<Repeats>& all, const Measurement& one) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Repeats& same) { return is_of(same.summary, one); });
    if (found != all.end()) return *found;
    auto& added = all.emplace_back();
    added.summary = {.benchmark = one.benchmark,
                     .variant = one.variant,
                     .ranks = one.ranks,
                     .nodes = one.nodes,
                     .threads = one.threads,
                     .unit = one.unit,
                     .rate = {},
                     .reduction = {},
                     .parts = {}};
    return added;
}

/// Brings the means of the parts up to date with one more repeat.
void add_parts(Repeats& same, const std::vector<StepPart>& parts) {
    if (parts.empty()) return;
    ++same.with_parts;
    auto& means = same.summary.parts;
    if (means.empty()) means = parts;
    for (std::size_t i = 0; i < means.size(); ++i) {
        means[i].seconds += (parts[i].seconds - means[i].seconds) / same.with_parts;
    }
}

/// Numbers of the benchmarks and variants in the order of their first measurement.
std::size_t place_of(std::span<const Measurement> measurements, const Summary& summary) {
    const auto found =
        std::find_if(measurements.begin(), measurements.end(), [&](const Measurement& one) {
            return one.benchmark == summary.benchmark && one.variant == summary.variant;
        });
    return static_cast<std::size_t>(found - measurements.begin());
}

/// Fills in speed-ups and efficiencies of summaries with ascending ranks.
void compare(std::vector<Summary>& summaries) {
    const Summary* fewest = nullptr;
    for (auto& one : summaries) {
        if (fewest == nullptr || fewest->benchmark != one.benchmark ||
            fewest->variant != one.variant) {
            fewest = &one;
        }
        const double alone = fewest->rate.median / fewest->ranks;
        one.speed_up = alone > 0 ? one.rate.median / alone : 0;
        one.efficiency = one.speed_up / one.ranks;
    }
}

}  // namespace

Spread spread_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    return {median, values.front(), values.back()};
}

std::vector<Summary> summarise(std::span<const Measurement> measurements) {
    std::vector<Repeats> all;
    for (const auto& one : measurements) {
        auto& same = repeats_of(all, one);
        same.rates.push_back(one.rate());
        if (one.reduction) same.reductions.push_back(*one.reduction);
        add_parts(same, one.parts);
    }
    std::vector<Summary> summaries;
    for (auto& same : all) {
        auto& summary = summaries.emplace_back(std::move(same.summary));
        summary.repeats = static_cast<int>(same.rates.size());
        summary.rate = spread_of(std::move(same.rates));
        if (!same.reductions.empty()) {
            summary.reduction = spread_of(std::move(same.reductions)).median;
        }
    }
    std::stable_sort(summaries.begin(), summaries.end(), [&](const Summary& a, const Summary& b) {
        return std::pair(place_of(measurements, a), a.ranks) <
               std::pair(place_of(measurements, b), b.ranks);
    });
    compare(summaries);
    return summaries;
}

std::optional<double> rate_of(std::span<const Summary> summaries, std::string_view benchmark,
                              std::string_view variant, int ranks) {
    const auto found = std::find_if(summaries.begin(), summaries.end(), [&](const Summary& one) {
        return one.benchmark == benchmark && one.variant == variant && one.ranks == ranks;
    });
    if (found == summaries.end()) return std::nullopt;
    return found->rate.median;
}

std::string csv_text(std::span<const Measurement> measurements) {
    constexpr std::array<const char*, 11> names{"benchmark", "variant", "ranks",          "nodes",
                                                "threads",   "repeat",  "seconds",        "amount",
                                                "unit",      "rate",    "reduction_share"};
    std::vector<std::string> cells(names.begin(), names.end());
    std::string text = io::csv_row(cells);
    for (const auto& one : measurements) {
        cells = {one.benchmark,
                 one.variant,
                 std::to_string(one.ranks),
                 std::to_string(one.nodes),
                 std::to_string(one.threads),
                 std::to_string(one.repeat),
                 core::concat(one.seconds),
                 core::concat(one.amount),
                 one.unit,
                 core::concat(one.rate()),
                 one.reduction ? core::concat(*one.reduction) : std::string()};
        text += io::csv_row(cells);
    }
    return text;
}

}  // namespace msunet::bench
