// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/cross_validation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

#include "msunet/core/text.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/t_test.hpp"

namespace msunet::report {
namespace {

/// The metric of each trial that has it, by the trial's number within its permutation.
using FoldValues = std::map<std::uint64_t, double>;

std::map<record::TrialId, FoldValues> fold_values(const Sweep& sweep) {
    std::map<record::TrialId, FoldValues> values;
    const record::Folding& folding = sweep.folding;
    for (const record::TrialResult& trial : sweep.fold_trials) {
        const auto value = record::metric(trial, sweep.metric);
        if (!value) continue;
        values[folding.permutation(trial.trial)][folding.number(trial.trial)] = *value;
    }
    return values;
}

std::optional<double> probability(const FoldValues& one, const FoldValues& best,
                                  std::uint64_t folds) {
    std::vector<double> differences;
    for (const auto& [number, value] : one) {
        const auto found = best.find(number);
        if (found != best.end()) differences.push_back(value - found->second);
    }
    return corrected_t_test(differences, folds);
}

void add_spread(FoldSpread& spread, const FoldValues& values) {
    spread.trials = values.size();
    const auto count = static_cast<double>(values.size());
    for (const auto& [number, value] : values) spread.mean += value;
    spread.mean /= count;
    if (values.size() < 2) return;
    double squares = 0;
    for (const auto& [number, value] : values) {
        squares += (value - spread.mean) * (value - spread.mean);
    }
    spread.deviation = std::sqrt(squares / (count - 1));
}

}  // namespace

std::vector<FoldSpread> fold_spreads(const Sweep& sweep) {
    if (!sweep.folding.any()) return {};
    const auto values = fold_values(sweep);
    std::map<record::TrialId, std::int64_t> epochs;
    for (const record::TrialResult& trial : sweep.fold_trials) {
        epochs[sweep.folding.permutation(trial.trial)] += std::ssize(trial.history);
    }
    std::vector<FoldSpread> spreads;
    for (const std::size_t i : record::ranking(sweep.trials, sweep.metric)) {
        const record::TrialResult& permutation = sweep.trials[i];
        if (!record::metric(permutation, sweep.metric)) continue;
        FoldSpread& spread = spreads.emplace_back();
        spread.permutation = permutation.trial;
        spread.epochs = epochs[permutation.trial];
        spread.seconds = permutation.duration;
        add_spread(spread, values.at(permutation.trial));
        spread.is_equal = spreads.size() == 1;
        if (spread.is_equal) continue;
        spread.probability =
            probability(values.at(permutation.trial), values.at(spreads.front().permutation),
                        sweep.folding.folds);
        spread.is_equal = spread.probability.value_or(1) >= significance;
    }
    return spreads;
}

std::vector<FoldSpread> equal_permutations(const std::vector<FoldSpread>& spreads) {
    std::vector<FoldSpread> equal;
    std::ranges::copy_if(spreads, std::back_inserter(equal), &FoldSpread::is_equal);
    std::ranges::stable_sort(equal, {}, [](const FoldSpread& spread) {
        return std::tuple(spread.epochs, spread.seconds);
    });
    return equal;
}

std::string spread_text(const FoldSpread& spread) {
    return core::concat(core::fixed(spread.mean, 4), " ± ", core::fixed(spread.deviation, 4));
}

}  // namespace msunet::report
