// SPDX-License-Identifier: Apache-2.0
#include "sweep/rung.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "msunet/core/random.hpp"

namespace msunet::sweep {

namespace {

/// a × b, or the largest number there is.
std::int64_t bounded_product(std::int64_t a, std::int64_t b) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return a > most / b ? most : a * b;
}

}  // namespace

Ladder::Ladder(const SearchRules& rules, std::int64_t first_rung)
    : first_(rules.min_epochs), factor_(rules.factor), on_other_folds_(rules.on_other_folds) {
    first_ = epochs(static_cast<std::size_t>(first_rung));
}

std::int64_t Ladder::epochs(std::size_t rung) const {
    std::int64_t result = first_;
    for (std::size_t i = 0; i < rung; ++i) result = bounded_product(result, factor_);
    return result;
}

std::optional<std::int64_t> Ladder::until(std::size_t rung, std::int64_t epochs) const {
    const std::int64_t pause = this->epochs(rung);
    return pause < epochs ? std::optional(pause) : std::nullopt;
}

std::int64_t Ladder::cost(std::size_t rung, const Ends& ends) const {
    const std::int64_t from = rung == 0 ? 0 : std::min(epochs(rung - 1), ends.last);
    const std::int64_t to = std::min(epochs(rung), ends.last);
    return to - from + on_other_folds_ * (last_end(ends, to) - last_end(ends, from));
}

std::int64_t Ladder::last_end(const Ends& ends, std::int64_t epochs) {
    if (epochs >= ends.last) return ends.last;
    std::int64_t last = 0;
    for (const std::int64_t end : ends.earlier) {
        if (end <= epochs) last = std::max(last, end);
    }
    return last;
}

std::vector<std::int64_t> rung_epochs(const SearchRules& rules, std::int64_t epochs) {
    const Ladder ladder(rules);
    std::vector<std::int64_t> rungs;
    while (const auto until = ladder.until(rungs.size(), epochs)) rungs.push_back(*until);
    return rungs;
}

RungKey rung_key(record::TrialId trial, std::optional<double> value, bool lower_is_better) {
    if (!value || std::isnan(*value)) return {true, 0.0, trial};
    return {false, lower_is_better ? *value : -*value, trial};
}

std::vector<Training> in_random_order(const SearchRules& rules,
                                      const std::vector<Training>& trainings) {
    std::vector<Training> order;
    for (const Training& training : trainings) {
        if (training.epochs > 0) order.push_back(training);
    }
    core::RandomStream random(core::derive_seed(rules.seed, {core::seed_label("strategy")}));
    random.shuffle(std::span(order));
    return order;
}

std::size_t promoted_of(std::size_t trials, const SearchRules& rules) {
    return std::max<std::size_t>(1, trials / static_cast<std::size_t>(rules.factor));
}

}  // namespace msunet::sweep
