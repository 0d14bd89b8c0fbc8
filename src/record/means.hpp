// SPDX-License-Identifier: Apache-2.0
/// \file
/// Means over the trials of a permutation.
#pragma once

#include <vector>

#include "msunet/record/trial.hpp"

namespace msunet::record {

/// As many epochs as the longest history has; each is the mean over the histories that have it.
[[nodiscard]] History mean_history(const std::vector<const History*>& histories);

/// Sets history, rows by modality and the means of the epochs that count for the trials.
void set_means(TrialResult& result, const std::vector<const TrialResult*>& trials);

}  // namespace msunet::record
