// SPDX-License-Identifier: Apache-2.0
/// \file
/// The refit after a cross-validation: the best permutation, trained on all pairs. It is an
/// experiment of one trial in the folder `refit` of the cross-validation's.
#pragma once

#include <filesystem>
#include <optional>

#include "msunet/core/permutation.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::app {

/// Folder of the refit in that of the cross-validation.
inline constexpr const char* refit_folder = "refit";

/// The values with which a permutation is trained on all pairs. Nothing shows there when to stop:
/// callbacks are off, `epochs` is the rounded mean of its trainings' best epochs with
/// `restore_best`, else as it was.
[[nodiscard]] core::Permutation refit_permutation(const record::SweepRecord& record,
                                                  record::TrialId permutation);

/// The first line of the refit's journal, but for its world, owner and times.
[[nodiscard]] record::SweepStart refit_start(const record::SweepRecord& record,
                                             record::TrialId permutation);

/// The record of the refit of a permutation in the experiment `folder`; nothing where there is none
/// or it trained other values.
[[nodiscard]] std::optional<record::SweepRecord> read_refit(const std::filesystem::path& folder,
                                                            const record::SweepRecord& record,
                                                            record::TrialId permutation);

/// The result of the refit of a permutation that is done; its files lie in `refit`.
[[nodiscard]] std::optional<record::TrialResult> refit_result(const std::filesystem::path& folder,
                                                              const record::SweepRecord& record,
                                                              record::TrialId permutation);

}  // namespace msunet::app
