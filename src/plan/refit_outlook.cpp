// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/refit_outlook.hpp"

#include <algorithm>

#include "msunet/core/text.hpp"
#include "msunet/plan/fold_setup.hpp"

namespace msunet::plan {

namespace {

/// What the permutations do with their best epoch.
struct Callbacks {
    bool some_restore = false;
    bool all_restore = true;
    bool some_stop_and_keep_the_last = false;
};

Callbacks uses_of(const settings::TrainSettings& settings, const GridPlan& plan) {
    constexpr std::size_t most_counted = 1000;
    Callbacks callbacks;
    const auto& trials = plan.selection.trials;
    for (std::size_t i = 0; i < std::min(trials.size(), most_counted); ++i) {
        const auto values = unet::from_permutation(plan.grid->permutation(trials[i]),
                                                   settings::default_hyperparameters(settings));
        callbacks.some_restore |= values.restore_best;
        callbacks.all_restore &= values.restore_best;
        callbacks.some_stop_and_keep_the_last |= values.early_stopping && !values.restore_best;
    }
    return callbacks;
}

}  // namespace

std::string refit_outlook(const settings::TrainSettings& settings, const GridPlan& plan) {
    if (!settings.sweep.refit || !plan.folding.any()) return {};
    const auto callbacks = uses_of(settings, plan);
    if (!callbacks.some_restore) return "the best permutation on all scans, for all of its epochs";
    return core::concat(
        "the best permutation on all scans, for the mean of its best epochs",
        callbacks.all_restore ? "" : " with restore_best, else for all of its epochs");
}

std::optional<std::string> long_refit_warning(const settings::TrainSettings& settings,
                                              const GridPlan& plan) {
    if (!settings.sweep.refit || !plan.folding.any()) return std::nullopt;
    if (!uses_of(settings, plan).some_stop_and_keep_the_last) return std::nullopt;
    return "early_stopping without restore_best: the refit on all scans has nothing to stop by and "
           "trains for all epochs, give --restore_best True and it trains for the mean best epoch";
}

}  // namespace msunet::plan
