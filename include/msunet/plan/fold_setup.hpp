// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cross-validation: from `--folds` and the pairs to the split of each training.
#pragma once

#include <string>
#include <vector>

#include "msunet/data/patch_lists.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/prepare/folds.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/record/folds.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::plan {

/// The numbers of folds and repeats.
[[nodiscard]] record::Folding folding_of(const settings::TrainSettings& settings);

/// The folds of the pairs; empty without folds. Throws core::UsageError where there are fewer
/// subjects.
[[nodiscard]] prepare::FoldPlan fold_plan_of(const settings::TrainSettings& settings,
                                             const prepare::Survey& survey);

/// The use of each source in each trial of a permutation, by repeat and fold; empty without folds.
/// Augmented copies are trained on where their pair is, and validate nowhere.
[[nodiscard]] std::vector<data::SourceUses> splits_of(const data::Dataset& dataset,
                                                      const prepare::FoldPlan& plan,
                                                      const record::Folding& folding);

/// Adds folds to the pairs of the journal.
void add_folds(record::DataSummary& summary, const prepare::FoldPlan& plan);

/// "3 folds, 12 trials", of a search "at most 12 trials"; empty without folds. Permutations that
/// are still to be suggested count.
[[nodiscard]] std::string folds_text(const GridPlan& plan);

/// A line for each fold of each repeat: its scans by modality and its subjects.
[[nodiscard]] std::vector<std::string> fold_lines(const prepare::Survey& survey,
                                                  const prepare::FoldPlan& plan,
                                                  const record::Folding& folding);

/// Throws core::UsageError where the metric of a search has no value on the fold that decides.
void check_first_fold(const std::string& metric, const prepare::Survey& survey,
                      const prepare::FoldPlan& plan, const record::Folding& folding);

/// Warnings of metrics (the one of the ranking and `--performance_target`'s) that some folds can't
/// give, since they have no scans of its modality: the mean is one of the other folds alone.
[[nodiscard]] std::vector<std::string> fold_warnings(const settings::TrainSettings& settings,
                                                     const std::string& metric,
                                                     const prepare::Survey& survey,
                                                     const prepare::FoldPlan& plan,
                                                     const record::Folding& folding);

}  // namespace msunet::plan
