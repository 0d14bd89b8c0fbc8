// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/short_patience.hpp"

#include <algorithm>
#include <cstddef>

#include "msunet/core/text.hpp"

namespace msunet::plan {

namespace {

bool ends_before_plateau(const unet::Hyperparameters& values) {
    return values.lr_schedule == unet::LrSchedule::plateau && values.early_stopping &&
           *values.early_stopping <= unet::plateau_patience;
}

}  // namespace

std::optional<std::string> short_patience_warning(const settings::TrainSettings& settings,
                                                  const GridPlan& plan) {
    constexpr std::size_t most_read = 1000;
    const auto defaults = settings::default_hyperparameters(settings);
    // Most grids leave the schedule alone; their permutations need not be read.
    if (defaults.lr_schedule != unet::LrSchedule::plateau &&
        !plan.grid->lists().contains("lr_schedule")) {
        return std::nullopt;
    }
    const auto& trials = plan.selection.trials;
    for (std::size_t i = 0; i < std::min(trials.size(), most_read); ++i) {
        const auto values = unet::from_permutation(plan.grid->permutation(trials[i]), defaults);
        if (!ends_before_plateau(values)) continue;
        return core::concat("early_stopping ", *values.early_stopping,
                            " with lr_schedule plateau: trials usually end before the learning "
                            "rate falls (after ",
                            unet::plateau_patience,
                            " epochs without a better loss), give a larger early_stopping, such "
                            "as ",
                            2 * unet::plateau_patience);
    }
    return std::nullopt;
}

}  // namespace msunet::plan
