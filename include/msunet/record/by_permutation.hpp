// SPDX-License-Identifier: Apache-2.0
/// \file
/// With folds a permutation has several trials. The one place where their results become those of
/// the permutation: tables, archive, report and the choice of the best follow it.
#pragma once

#include <optional>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// The results of a permutation's trials, by repeat and fold; without folds at most one.
[[nodiscard]] std::vector<const TrialResult*> trial_results(const SweepRecord& record,
                                                            TrialId permutation);

/// The result of a permutation all of whose trials have one, or the first one, if the others are
/// left out (SweepRecord::is_left_out); nothing before. Without folds that of its trial. With folds
/// its `trial` is the permutation; metrics and Dice are means over its trials, those of an epoch
/// over the trials that have the epoch; the time is the sum; the weights are those of the trial
/// with the best metric, and it has no other files. If a trial has failed, the permutation has,
/// with its reason.
[[nodiscard]] std::optional<TrialResult> permutation_result(const SweepRecord& record,
                                                            TrialId permutation);

/// As permutation_result of the result's permutation, once `record` holds the result too.
[[nodiscard]] std::optional<TrialResult> permutation_result_with(const SweepRecord& record,
                                                                 const TrialResult& result);

/// Of a permutation's trials that with the best metric of the sweep; null where none is done.
[[nodiscard]] const TrialResult* best_trial(const SweepRecord& record, TrialId permutation);

/// The sweep with one trial for each permutation and no folds: what tables and page show. Without
/// folds the record itself, which must live as long.
class PermutationView {
public:
    explicit PermutationView(const SweepRecord& record);
    explicit PermutationView(SweepRecord&&) = delete;

    [[nodiscard]] const SweepRecord& record() const { return joined_ ? *joined_ : *whole_; }

private:
    const SweepRecord* whole_;
    std::optional<SweepRecord> joined_;  ///< with folds
};

}  // namespace msunet::record
