// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the strategies with rungs share: the epochs of the rungs, the order of the trials at a
/// rung, and the order in which trials start.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

/// After how many epochs the permutations of a training end.
struct Ends {
    explicit Ends(const Training& training) : last(training.epochs), earlier(training.shorter) {}

    std::int64_t last;
    std::vector<std::int64_t> earlier;
};

/// The epochs of the rungs, from one of them on.
class Ladder {
public:
    explicit Ladder(const SearchRules& rules, std::int64_t first_rung = 0);

    /// Epochs at a rung; of the highest ones the largest number there is.
    [[nodiscard]] std::int64_t epochs(std::size_t rung) const;
    /// Where a trial of so many epochs pauses at a rung; nothing if it ends before.
    [[nodiscard]] std::optional<std::int64_t> until(std::size_t rung, std::int64_t epochs) const;
    /// Epochs that it takes to a rung, or to its end, from the rung before; with those that the
    /// permutations whose ends it passes are then trained on the other folds.
    [[nodiscard]] std::int64_t cost(std::size_t rung, const Ends& ends) const;

private:
    /// The last end up to so many epochs; 0: none.
    static std::int64_t last_end(const Ends& ends, std::int64_t epochs);

    std::int64_t first_;
    std::int64_t factor_;
    std::int64_t on_other_folds_;
};

/// A trial's place among those of a rung: better values first, none at last, ties by id.
using RungKey = std::tuple<bool, double, record::TrialId>;
[[nodiscard]] RungKey rung_key(record::TrialId trial, std::optional<double> value,
                               bool lower_is_better);
[[nodiscard]] inline record::TrialId trial_of(const RungKey& key) { return std::get<2>(key); }

/// Epochs that may still be assigned.
class Budget {
public:
    explicit Budget(std::optional<std::int64_t> epochs) : left_(epochs) {}

    /// Takes them even where fewer are left: they were assigned before.
    void take(std::int64_t epochs) {
        if (left_) *left_ -= epochs;
    }
    /// Takes them if they are left.
    [[nodiscard]] bool try_take(std::int64_t epochs) {
        if (left_ && *left_ < epochs) return false;
        take(epochs);
        return true;
    }

private:
    std::optional<std::int64_t> left_;
};

/// The trainings that have epochs, in an order that depends on their ids and the seed only: so no
/// value of the grid comes first.
[[nodiscard]] std::vector<Training> in_random_order(const SearchRules& rules,
                                                    const std::vector<Training>& trainings);

/// Of `trials` at a rung so many go on: one of `factor`, but at least one.
[[nodiscard]] std::size_t promoted_of(std::size_t trials, const SearchRules& rules);

}  // namespace msunet::sweep
