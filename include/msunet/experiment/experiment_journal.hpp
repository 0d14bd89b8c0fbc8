// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads an experiment by its journal.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "msunet/record/sweep_record.hpp"

namespace msunet::experiment {

/// The journal of the experiment in `folder`. Throws core::UsageError where there is none; `option`
/// stands before the folder in the message.
[[nodiscard]] std::filesystem::path journal_in(const std::filesystem::path& folder,
                                               std::string_view option = {});

/// The record of the experiment in `folder`; notices of its journal are warnings. Throws
/// core::UsageError where there is no journal, and what record::replay throws.
[[nodiscard]] record::SweepRecord read_experiment(const std::filesystem::path& folder);

/// "1 with val_dice_coef 0.9512: lr=0.01", with folds "permutation 1 with mean …". `best`: see
/// record::best.
[[nodiscard]] std::string best_text(const record::SweepRecord& record,
                                    const record::TrialResult& best);

}  // namespace msunet::experiment
