// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/grid.hpp"

namespace msunet::sweep {

namespace {

constexpr double most_values = 1'000'000;
/// Integers beyond it are no longer exact as doubles, which numpy.arange computes with.
constexpr double most_end = 9007199254740992;
constexpr std::string_view range_form = "write (start, end, steps) with steps of at least 1";

std::string text_of(const core::GridRange& range) {
    return core::concat("(", core::python_str(range.start), ", ", core::python_str(range.end), ", ",
                        range.steps, ")");
}

/// `what_to_do`: an advice that fits.
[[noreturn]] void refuse(const core::GridRange& range, std::string_view why,
                         std::string_view what_to_do) {
    throw core::UsageError({.kind = "the range",
                            .got = text_of(range),
                            .problem = core::concat(text_of(range), " ", why),
                            .advice = std::string(what_to_do)});
}

}  // namespace

std::vector<core::Value> expand_range(const core::GridRange& range) {
    const std::optional<double> start = core::as_number(range.start);
    const std::optional<double> end = core::as_number(range.end);
    if (!start || !end) refuse(range, "has ends that are no numbers", range_form);
    if (!(std::abs(*start) <= most_end) || !(std::abs(*end) <= most_end)) {
        refuse(range, "has an end beyond 9e15", "choose smaller ends");
    }
    if (range.steps < 1) refuse(range, "has no steps", range_form);
    if (*start == *end) refuse(range, "ends where it starts", range_form);

    // numpy.arange: the length is ceil((stop - start) / step); the second value is start + step,
    // and the others start + i * (second - start).
    const double step = (*end - *start) / static_cast<double>(range.steps);
    const double length = std::ceil((*end - *start) / step);
    if (!(length <= most_values))
        refuse(range, "holds more than 1,000,000 values", "choose fewer steps");
    const double delta = (*start + step) - *start;
    std::vector<double> values;
    for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
        values.push_back(i == 1 ? *start + step : *start + static_cast<double>(i) * delta);
    }

    if (!std::holds_alternative<std::int64_t>(range.start) ||
        !std::holds_alternative<std::int64_t>(range.end)) {
        return {values.begin(), values.end()};
    }
    std::vector<std::int64_t> integers;
    integers.reserve(values.size());
    for (const double value : values) integers.push_back(static_cast<std::int64_t>(value));
    std::sort(integers.begin(), integers.end());
    integers.erase(std::unique(integers.begin(), integers.end()), integers.end());
    return {integers.begin(), integers.end()};
}

record::GridLists expand(const core::GridEntries& entries) {
    record::GridLists lists;
    std::vector<core::Problem> problems;
    for (const auto& [name, entry] : entries) {
        std::vector<core::Value>& values = lists[name];
        if (!entry.range) {
            values = entry.values;
            if (values.empty())
                problems.push_back({.kind = "the grid's list",
                                    .key = name,
                                    .problem = "is empty",
                                    .advice = "give it a value"});
            continue;
        }
        try {
            values = expand_range(*entry.range);
        } catch (const core::UsageError& error) {
            core::Problem problem = error.data().front();
            problem.problem = core::concat(": ", problem.kind, " ", problem.problem);
            problem.kind = "grid,";
            problem.key = name;
            problems.push_back(std::move(problem));
        }
    }
    if (!problems.empty()) throw core::UsageError(problems);
    return lists;
}

}  // namespace msunet::sweep
