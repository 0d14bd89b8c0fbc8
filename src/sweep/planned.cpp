// SPDX-License-Identifier: Apache-2.0
#include "sweep/planned.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "sweep/rung.hpp"

namespace msunet::sweep {

namespace {

std::int64_t hyperband_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    std::int64_t total = 0;
    for (const BracketPart& part : bracket_parts(rules, trainings)) {
        total += bracket_epochs(rules, part.first_rung, part.trainings);
    }
    return total;
}

std::int64_t unlimited_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    if (rules.kind == StrategyKind::hyperband) return hyperband_epochs(rules, trainings);
    if (rules.kind != StrategyKind::grid) return bracket_epochs(rules, 0, trainings);
    return std::accumulate(
        trainings.begin(), trainings.end(), std::int64_t{0},
        [](std::int64_t sum, const Training& training) { return sum + training.epochs; });
}

}  // namespace

std::int64_t most_epochs(const std::vector<Training>& trainings) {
    std::int64_t most = 0;
    for (const Training& training : trainings) most = std::max(most, training.epochs);
    return most;
}

std::int64_t bracket_epochs(const SearchRules& rules, std::int64_t first_rung,
                            const std::vector<Training>& candidates) {
    const Ladder ladder(rules, first_rung);
    std::vector<std::int64_t> epochs;  // of those that go to the rung, the longest first
    epochs.reserve(candidates.size());
    for (const Training& candidate : candidates) epochs.push_back(candidate.epochs);
    std::ranges::sort(epochs, std::greater<>());
    std::int64_t total = 0;
    for (std::size_t rung = 0; !epochs.empty(); ++rung) {
        for (const std::int64_t each : epochs) total += ladder.cost(rung, each);
        std::erase_if(epochs, [&](std::int64_t each) { return each <= ladder.epochs(rung); });
        if (!epochs.empty()) epochs.resize(promoted_of(epochs.size(), rules));
    }
    return total;
}

std::int64_t planned_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    const std::int64_t planned = unlimited_epochs(rules, trainings);
    return rules.budget ? std::min(planned, *rules.budget) : planned;
}

}  // namespace msunet::sweep
