// SPDX-License-Identifier: Apache-2.0
#include "sweep/strategies.hpp"
#include "sweep/synchronous.hpp"

namespace msunet::sweep {

std::unique_ptr<Strategy> halving_strategy(const SearchRules& rules,
                                           const std::vector<Training>& trainings) {
    auto strategy = std::make_unique<Synchronous>();
    const std::vector<Training> candidates = in_random_order(rules, trainings);
    strategy->add(Bracket(rules, 0, 0, Budget(rules.budget), candidates), candidates);
    return strategy;
}

}  // namespace msunet::sweep
