// SPDX-License-Identifier: Apache-2.0
#include "sweep/planned.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "sweep/rung.hpp"
#include "sweep/strategies.hpp"

namespace msunet::sweep {

namespace {

std::int64_t unlimited_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    if (rules.kind != StrategyKind::grid)
        return strategy_entry(rules.kind).epochs(rules, trainings);
    const auto add = [](std::int64_t sum, const Training& training) {
        return sum + training.epochs;
    };
    return std::accumulate(trainings.begin(), trainings.end(), std::int64_t{0}, add);
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
    std::size_t going = candidates.size();  // to the rung, at most
    std::vector<Training> left = candidates;
    std::int64_t total = 0;
    for (std::size_t rung = 0; going > 0; ++rung) {
        std::vector<std::int64_t> costs;
        costs.reserve(left.size());
        for (const Training& one : left) costs.push_back(ladder.cost(rung, Ends(one)));
        std::ranges::sort(costs, std::greater<>());
        total += std::accumulate(costs.begin(), costs.begin() + static_cast<std::ptrdiff_t>(going),
                                 std::int64_t{0});
        std::erase_if(left, [&](const Training& one) { return one.epochs <= ladder.epochs(rung); });
        going = std::min(going, left.size());
        if (going > 0) going = promoted_of(going, rules);
    }
    return total;
}

std::int64_t halving_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    return bracket_epochs(rules, 0, trainings);
}

std::int64_t hyperband_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    std::int64_t total = 0;
    for (const BracketPart& part : bracket_parts(rules, trainings)) {
        total += bracket_epochs(rules, part.first_rung, part.trainings);
    }
    return total;
}

std::int64_t planned_epochs(const SearchRules& rules, const std::vector<Training>& trainings) {
    const std::int64_t planned = unlimited_epochs(rules, trainings);
    return rules.budget ? std::min(planned, *rules.budget) : planned;
}

}  // namespace msunet::sweep
