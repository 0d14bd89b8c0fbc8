// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/late_drop.hpp"

#include <algorithm>

#include "msunet/record/metrics.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::report {
namespace {

std::string metric_of(const Sweep& sweep) {
    if (sweep.metric == "dice_coef" || sweep.metric == "val_dice_coef") return sweep.metric;
    return std::string(record::default_metric(sweep.has_validation));
}

std::optional<LateDrop> drop_of(const record::TrialResult& trial, const std::string& metric) {
    const record::EpochReport* results = record::summary_epoch(trial);
    if (trial.state != record::TrialState::done || results == nullptr) return std::nullopt;
    const auto value = [&metric](const record::EpochReport& epoch) {
        return record::metric(epoch.metrics, metric).value_or(0);
    };
    const auto is_worse = [&metric](double a, double b) {
        return record::is_better(b, a, metric);  // NaN is worse than every number
    };
    const auto best = std::ranges::max_element(trial.history, is_worse, value);
    return LateDrop{trial.trial, metric, best->epoch + 1, value(*best), value(*results), 0};
}

}  // namespace

std::optional<LateDrop> largest_late_drop(const Sweep& sweep) {
    std::optional<LateDrop> largest;
    std::size_t trials = 0;
    // A permutation's epoch is the mean over the folds that reached it: where early stopping ends
    // some of them, it moves though none of them dropped.
    for (const record::TrialResult& trial :
         sweep.folding.any() ? sweep.fold_trials : sweep.trials) {
        const auto drop = drop_of(trial, metric_of(sweep));
        if (!drop || !(drop->best - drop->last > late_drop_limit)) continue;
        ++trials;
        if (!largest || drop->best - drop->last > largest->best - largest->last) largest = drop;
    }
    if (largest) largest->trials = trials;
    return largest;
}

}  // namespace msunet::report
