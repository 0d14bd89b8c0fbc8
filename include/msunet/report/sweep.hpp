// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the tables and the archive need to know of a sweep, and which permutation is the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// One sweep in the form of its tables. Times are Unix seconds; names and texts that contain one
/// follow from these fields alone, so that two runs of the writers give the same bytes.
struct Sweep {
    std::string experiment;
    record::GridLists grid;
    /// Effective values of the hyperparameters that the grid does not name (options, defaults).
    core::Permutation defaults;
    /// Whether `patch_dimensions` shows the padded patch's "H/W" (fractional patches).
    bool fractional_patches = true;
    bool has_validation = true;
    /// What "best" means: a column of the history or of the metrics by modality.
    std::string metric = "val_dice_coef";
    std::string random_method = "uniform_mersenne";
    /// Permutations of this sweep after all limits; more than `trials` while it runs.
    std::uint64_t permutations = 0;
    double started_at = 0;
    double ended_at = 0;  ///< end of the last trial; before that the last sign of life
    /// Seconds east of UTC in which dates are written.
    std::int64_t utc_offset = 0;
    /// Every trial that has ended, in ascending order of id.
    std::vector<record::TrialResult> trials;
};

/// The sweep as a journal tells it. Hyperparameters that the grid does not name take the value of
/// the option of that name, else their default.
Sweep make_sweep(const record::SweepRecord& record);

/// Seconds by which this machine's local time is east of UTC at Unix time `when`: what a sweep
/// records at its start.
std::int64_t local_utc_offset(double when);

/// Index into `sweep.trials` of the best permutation, or nothing if none has the metric.
/// Ties go to the lower id; NaN never wins.
std::optional<std::size_t> best_trial(const Sweep& sweep);

/// Indices into `sweep.trials` from best to worst; those without the metric come last, by id.
std::vector<std::size_t> ranking(const Sweep& sweep);

/// The hyperparameters as a trial's row in the tables has them: its point, the defaults,
/// `experiment_name` and `num_gpus`, in ASCII order; an absent modality_weight is "None".
core::Permutation table_parameters(const Sweep& sweep, const record::TrialResult& trial);

}  // namespace msunet::report
