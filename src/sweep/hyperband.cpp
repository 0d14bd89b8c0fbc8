// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "sweep/planned.hpp"
#include "sweep/strategies.hpp"
#include "sweep/synchronous.hpp"

namespace msunet::sweep {

namespace {

/// Parts of `total` in the proportions of the weights; what is left after rounding down goes to the
/// largest remainders, the first ones if they are equal.
std::vector<std::size_t> parts_of(std::size_t total, const std::vector<std::size_t>& weights) {
    const std::size_t sum = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
    std::vector<std::size_t> parts;
    std::vector<std::size_t> order;
    for (const std::size_t weight : weights) {
        order.push_back(parts.size());
        parts.push_back(total * weight / sum);
    }
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return total * weights[a] % sum > total * weights[b] % sum;
    });
    const std::size_t given = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
    for (std::size_t i = 0; i < total - given; ++i) ++parts[order[i]];
    return parts;
}

/// Trials of each bracket as published, in which the budget of each is that of s + 1 full trials.
std::vector<std::size_t> published_sizes(const SearchRules& rules, std::int64_t epochs) {
    std::int64_t brackets = 1;
    const Ladder ladder(rules);
    while (ladder.epochs(static_cast<std::size_t>(brackets)) <= epochs) ++brackets;
    std::vector<std::size_t> sizes;
    // factor^i ≤ epochs, so that no product leaves its type.
    std::int64_t power = 1;
    for (std::int64_t i = 0; i < brackets; ++i, power *= rules.factor) {
        sizes.push_back(static_cast<std::size_t>((brackets * power + i) / (i + 1)));
    }
    std::ranges::reverse(sizes);
    return sizes;
}

}  // namespace

std::vector<BracketSize> hyperband_brackets(const SearchRules& rules, std::int64_t epochs,
                                            std::size_t trials) {
    std::vector<BracketSize> brackets;
    for (const std::size_t part : parts_of(trials, published_sizes(rules, epochs))) {
        brackets.push_back({part, static_cast<std::int64_t>(brackets.size())});
    }
    return brackets;
}

std::vector<BracketPart> bracket_parts(const SearchRules& rules,
                                       const std::vector<Training>& trainings) {
    const std::vector<Training> all = in_random_order(rules, trainings);
    std::vector<BracketPart> parts;
    auto first = all.begin();
    for (const BracketSize& size : hyperband_brackets(rules, most_epochs(all), all.size())) {
        const auto end = first + static_cast<std::ptrdiff_t>(size.trials);
        parts.push_back({size.first_rung, {first, end}});
        first = end;
    }
    return parts;
}

std::unique_ptr<Strategy> hyperband_strategy(const SearchRules& rules,
                                             const std::vector<Training>& trainings) {
    auto strategy = std::make_unique<Synchronous>();
    auto left = rules.budget;
    std::int64_t number = 0;
    for (const BracketPart& part : bracket_parts(rules, trainings)) {
        // Each bracket has its own share of the budget: which one decides first changes nothing.
        auto share = left;
        if (left) {
            share = std::min(*left, bracket_epochs(rules, part.first_rung, part.trainings));
            *left -= *share;
        }
        strategy->add(Bracket(rules, number++, part.first_rung, Budget(share), part.trainings),
                      part.trainings);
    }
    return strategy;
}

}  // namespace msunet::sweep
