// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--metric` and `--performance_target`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "msunet/record/trial.hpp"

namespace msunet::sweep {

/// The metric by which the best trial is chosen: the option's, else val_dice_coef with validation
/// data, else dice_coef. Throws core::UsageError for an unknown name (with the nearest known one)
/// and for a validation metric without validation data.
[[nodiscard]] std::string resolve_metric(const std::optional<std::string>& option,
                                         bool has_validation);

/// A value that ends the sweep once a trial reaches it.
struct PerformanceTarget {
    std::string metric;
    double value = 0;
    bool less = false;  ///< at most `value`, else at least

    /// By the epoch that counts for the trial (record::summary_epoch).
    [[nodiscard]] bool reached(const record::TrialResult& result) const;
};

/// Reads "METRIC,VALUE[,less]"; for losses `less` is meant anyway. Throws core::UsageError.
[[nodiscard]] PerformanceTarget parse_performance_target(std::string_view text,
                                                         bool has_validation);

}  // namespace msunet::sweep
