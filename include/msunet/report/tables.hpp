// SPDX-License-Identifier: Apache-2.0
/// \file
/// The CSV files of an experiment as text, to the byte as Talos and the guide have them.
#pragma once

#include <set>
#include <string>

#include "msunet/record/trial.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// The summary: one row per trial in the order of ids, `round_epochs`, the metrics that count,
/// the hyperparameters in ASCII order. Failed and pca_only rows have empty metrics; without
/// validation data the `val_` columns are absent.
[[nodiscard]] std::string summary_csv(const Sweep& sweep);

/// `id`, the hyperparameters, `rank`, `reason` of every failed trial; empty if none failed.
[[nodiscard]] std::string failures_csv(const Sweep& sweep);

/// permutations.csv: `id`, the hyperparameters, `state`, and the trial's files: `history_file`,
/// `modality_file`, `model_file` (relative to the experiment's folder; empty: none). `models`: the
/// trials whose weights are there.
[[nodiscard]] std::string permutations_csv(const Sweep& sweep, const ResultNames& names,
                                           const std::set<record::TrialId>& models);

/// folds.csv: a row for each trial of a cross-validation that has ended: permutation, repeat and
/// fold (from 1), trial, state, epochs, the metrics of the summary, Dice by modality. Empty without
/// folds.
[[nodiscard]] std::string folds_csv(const Sweep& sweep);

/// Metrics of one trial by epoch, index from 0.
[[nodiscard]] std::string history_csv(const record::TrialResult& trial, bool has_validation);

/// Dice of one trial by modality, a row for each evaluation; absent modalities are empty.
[[nodiscard]] std::string modality_csv(const record::TrialResult& trial);

/// The table inside the Deploy archive: index, `start,end,duration`, then the summary's columns.
[[nodiscard]] std::string deploy_results_csv(const Sweep& sweep);

}  // namespace msunet::report
