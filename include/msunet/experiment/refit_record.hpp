// SPDX-License-Identifier: Apache-2.0
/// \file
/// The refit after a cross-validation: the best permutation, trained on all pairs. It is an
/// experiment of one trial in the folder `refit` of the cross-validation's.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "msunet/core/permutation.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/report/html.hpp"

namespace msunet::experiment {

/// Folder of the refit in that of the cross-validation.
inline constexpr const char* refit_folder = "refit";

/// The values with which a permutation is trained on all pairs. Nothing shows there when to stop:
/// callbacks are off, `epochs` is the rounded mean of its trials' best epochs with
/// `restore_best`, else as it was.
[[nodiscard]] core::Permutation refit_permutation(const record::SweepRecord& record,
                                                  record::TrialId permutation);

/// The first line of the refit's journal, but for its world, owner and times.
[[nodiscard]] record::SweepStart refit_start(const record::SweepRecord& record,
                                             record::TrialId permutation);

/// The record of the refit of a permutation in the experiment `folder`; nothing where there is none
/// or it trained other values. Throws core::UsageError where its journal is damaged.
[[nodiscard]] std::optional<record::SweepRecord> read_refit(const std::filesystem::path& folder,
                                                            const record::SweepRecord& record,
                                                            record::TrialId permutation);

enum class RefitStage {
    none,  ///< none is due: no folds, trials are left, no best one, or not asked for
    left,
    failed,
    done,
};

/// How far the refit of the best permutation is.
struct RefitState {
    RefitStage stage = RefitStage::none;
    record::TrialId permutation = 0;
    std::optional<record::SweepRecord> record{};  ///< of the refit, where it has started
    std::string problem{};                        ///< why it failed or can't be read

    /// The result of a permutation's refit that is done, whose files lie in `refit`; else null.
    [[nodiscard]] const record::TrialResult* result_for(record::TrialId of) const;
};

/// `is_wanted`: whether one that is not there counts as left. Throws as read_refit does.
[[nodiscard]] RefitState refit_state(const std::filesystem::path& folder,
                                     const record::SweepRecord& record, bool is_wanted);

/// The refit of any permutation, also while trials are left or where another one is the best; none
/// where it has not ended. A damaged journal is `problem`.
[[nodiscard]] RefitState refit_of(const std::filesystem::path& folder,
                                  const record::SweepRecord& record, record::TrialId permutation);

/// As refit_state for a reader: by its journals an experiment that has not finished wants a refit
/// if its first start did or a later one began it. A damaged journal is `problem`.
[[nodiscard]] RefitState recorded_refit(const std::filesystem::path& folder,
                                        const record::SweepRecord& record);

/// "permutation 1 on all scans, epoch 3/20", "failed (why): …"; empty without a refit.
[[nodiscard]] std::string refit_text(const RefitState& refit);

/// The same for report.html.
[[nodiscard]] report::RefitNote refit_note(const RefitState& refit);

}  // namespace msunet::experiment
