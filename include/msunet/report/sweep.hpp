// SPDX-License-Identifier: Apache-2.0
/// \file
/// What every writer of this module needs to know of a sweep, and which permutation is the best.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/value.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::report {

/// The whole grid: every name with its list of values.
using Grid = std::map<std::string, std::vector<core::Value>, std::less<>>;

/// Whether `metric` is a loss, for which the lowest value is the best.
bool lower_is_better(std::string_view metric);

/// One sweep as the journal tells it. All times are Unix seconds; names and texts that contain a
/// time are derived from these fields alone, so that two runs of the writers give the same bytes.
struct Sweep {
    std::string experiment;
    Grid grid;
    /// Effective values of the hyperparameters that the grid does not name (options, defaults).
    core::Point defaults;
    /// "H/W" of the padded patch with fractional patches; replaces `patch_dimensions` in tables.
    std::optional<std::string> padded_patch;
    bool has_validation = true;
    /// What "best" means: a column of the history or of the metrics by modality.
    std::string metric = "val_dice_coef";
    std::string random_method = "uniform_mersenne";
    /// GPUs of a trial's group, 0 on the CPU.
    std::int64_t num_gpus = 0;
    /// Permutations of this sweep after all limits; more than `trials` while it runs.
    std::uint64_t permutations = 0;
    double started_at = 0;
    double ended_at = 0;
    /// Seconds east of UTC in which dates are written (recorded at the first start).
    std::int64_t utc_offset = 0;
    /// Every trial that has ended, in ascending order of id.
    std::vector<record::TrialResult> trials;
};

/// The offset of this machine's time zone from UTC at Unix time `when`, in seconds.
std::int64_t local_utc_offset(double when);

/// The hyperparameters' defaults, with `options` (such as modality_weight) put over them.
/// Keys that only fine-tuning uses (early_stopping, restore_best, lr_schedule) are left out: they
/// become columns only where the grid names them.
core::Point default_parameters(const core::Point& options);

/// The value of `metric` that counts for a trial: that of the epoch whose weights it keeps (the
/// last, or the best with restore_best). Empty for trials that failed or trained nothing.
std::optional<double> metric_value(const record::TrialResult& trial, std::string_view metric);

/// Index into `sweep.trials` of the best permutation, or nothing if none has a value.
/// Ties go to the lower id; NaN never wins.
std::optional<std::size_t> best_trial(const Sweep& sweep);

/// Indices into `sweep.trials` from best to worst; those without a value come last, by id.
std::vector<std::size_t> ranking(const Sweep& sweep);

/// The columns of a trial's hyperparameters in the tables: the grid's names, the defaults,
/// `experiment_name` and `num_gpus`, in ASCII order; an absent modality_weight is "None".
core::Point table_parameters(const Sweep& sweep, const core::Point& point);

}  // namespace msunet::report
