// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// The final summary names a drop of the Dice that is larger than this.
inline constexpr double late_drop_limit = 0.05;

/// A trial whose results are far below those of its best epoch.
struct LateDrop {
    record::TrialId trial = 0;
    std::string metric;
    std::int64_t best_epoch = 0;  ///< from 1
    double best = 0;
    double last = 0;         ///< what the results have
    std::size_t trials = 0;  ///< that lost more than the limit, this one among them
};

/// The trial that lost most, if it lost more than `late_drop_limit`; with folds each fold is a
/// trial of its own. The metric is that of the ranking if it is a Dice of the histories, else
/// val_dice_coef, without validation data dice_coef.
[[nodiscard]] std::optional<LateDrop> largest_late_drop(const Sweep& sweep);

}  // namespace msunet::report
