// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which permutations of a sweep share a training.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/trial.hpp"

namespace msunet::sweep {

/// What a permutation's training depends on; permutations with equal keys can share one. Nothing:
/// it is trained alone.
using TrainingKey = std::function<std::optional<std::string>(record::TrialId)>;

/// The permutations that share a training, for record::SweepStart::shared: each list ascending,
/// with at least two, the lists by their first. `trials` are ascending; `key` is called once for
/// each.
[[nodiscard]] std::vector<std::vector<record::TrialId>> shared_trainings(
    const std::vector<record::TrialId>& trials, const TrainingKey& key);

}  // namespace msunet::sweep
