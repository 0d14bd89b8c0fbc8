// SPDX-License-Identifier: Apache-2.0
/// \file
/// A sweep as tables, archive and report show it, and its best trial.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// One sweep in the form of its tables. Times are Unix seconds. File names and texts depend on
/// these fields alone, so that writing them again gives the same bytes.
struct Sweep {
    std::string experiment;
    record::GridLists grid;
    /// Effective values of the hyperparameters that the grid does not name (options, defaults).
    core::Permutation defaults;
    /// Whether `patch_dimensions` shows the padded patch's "H/W" (fractional patches).
    bool fractional_patches = true;
    bool has_validation = true;
    /// The metric that trials are ranked by: a column of the history or of the Dice by modality.
    std::string metric = "val_dice_coef";
    /// A trial to be taken for the best one, whatever the metric says.
    std::optional<record::TrialId> chosen{};
    std::string random_method = "uniform_mersenne";
    /// Trials, with folds permutations, of this sweep after all limits; more than `trials` has
    /// while it runs.
    std::uint64_t trial_count = 0;
    double started_at = 0;
    double ended_at = 0;  ///< end of the last trial; before that the last event
    /// Seconds east of UTC in which dates are written.
    std::int64_t utc_offset = 0;
    /// Every trial that has ended, in the order of their permutations in the grid; with folds every
    /// permutation all of whose trials have, with the means (record::permutation_result).
    std::vector<record::TrialResult> trials;
    record::Folding folding;
    /// With folds every trial that has ended, in ascending order of the trials' ids.
    std::vector<record::TrialResult> fold_trials;
};

/// The values of hyperparameters that the grid does not name: of the option of that name, else
/// their default.
[[nodiscard]] core::Permutation default_values(const record::SweepStart& start);

/// The sweep of a journal.
[[nodiscard]] Sweep make_sweep(const record::SweepRecord& record);

/// What a row of the tables is: "trial", with folds "permutation".
[[nodiscard]] std::string_view noun_of(const Sweep& sweep);

/// Seconds that this machine's local time is ahead of UTC at Unix time `when`, as a sweep records
/// them at its start.
[[nodiscard]] std::int64_t local_utc_offset(double when);

/// Index into `sweep.trials` of the chosen trial, else of the first in record::ranking; nothing if
/// no trial is done.
[[nodiscard]] std::optional<std::size_t> best_trial(const Sweep& sweep);

/// Whether trials that were to give a model have ended and none did: all of them failed, or with
/// folds no permutation has all of its trials. False where all were `pca_only`.
[[nodiscard]] bool lacks_model(const Sweep& sweep);

/// Whether none of the permutations that have all of their trials gave a model, but others lack
/// trials. False without folds.
[[nodiscard]] bool lacks_folds(const Sweep& sweep);

/// Why a sweep that lacks_model has none: "no permutation has all of its folds yet (3 of 5
/// trained)", with the permutation that has most; else "no trial gave a model".
[[nodiscard]] std::string missing_model_text(const Sweep& sweep);

/// The hyperparameters as a trial's row in the tables has them: its permutation, the defaults,
/// `experiment_name` and `num_gpus`, in ASCII order; an absent modality_weight is "None".
[[nodiscard]] core::Permutation table_parameters(const Sweep& sweep,
                                                 const record::TrialResult& trial);

}  // namespace msunet::report
