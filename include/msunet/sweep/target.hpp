// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--metric` and `--performance_target`.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/core/modality.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::sweep {

/// Throws core::UsageError where `name` is no metric, with the nearest known one. `option`: whose
/// value it is.
void check_known(std::string_view option, const std::string& name);

/// Which modalities a data set has, indexed by core::Modality: what metrics it can give.
struct DataParts {
    std::array<bool, core::modality_names.size()> training{};
    std::array<bool, core::modality_names.size()> validation{};

    [[nodiscard]] bool has_validation() const;
};

/// Whether these data can give a metric: they have its split, and for the Dice of a modality its
/// scans.
[[nodiscard]] bool gives_metric(const DataParts& data, std::string_view name);

/// The metric that decides which trial is best: the option's, else val_dice_coef with validation
/// data, else dice_coef. Throws core::UsageError for an unknown name (with the nearest known one)
/// and for a metric that these data can't give.
[[nodiscard]] std::string resolve_metric(const std::optional<std::string>& option,
                                         const DataParts& data);

/// A value of a metric at which no further trial begins.
struct PerformanceTarget {
    std::string metric;
    double value = 0;
    bool less = false;  ///< at most `value`, else at least

    /// By the epoch that counts for the trial (record::summary_epoch).
    [[nodiscard]] bool reached(const record::TrialResult& result) const;

    friend bool operator==(const PerformanceTarget&, const PerformanceTarget&) = default;
};
/// "METRIC,VALUE[,less]"; for losses `less` is meant in any case. The metric is not checked.
[[nodiscard]] std::string to_text(const PerformanceTarget& target);
[[nodiscard]] bool from_text(std::string_view text, PerformanceTarget& target);

/// Throws core::UsageError for an unknown metric (with the nearest known one) and for one that
/// these data can't give.
void check_target(const PerformanceTarget& target, const DataParts& data);

}  // namespace msunet::sweep
