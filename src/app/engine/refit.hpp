// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "msunet/dispatch/dispatcher.hpp"
#include "msunet/record/journal.hpp"
#include "trial_runner.hpp"

namespace msunet::app {

/// Collective over all ranks, when no trial runs any more: after a complete cross-validation trains
/// its best permutation on all pairs, or continues that (refit_record.hpp). `journal`: the
/// cross-validation's, on rank 0, which gets a heartbeat now and then; of `limits` the target
/// does not count. Returns how the refit ended, on rank 0; nothing where there is nothing to train.
std::optional<dispatch::SweepEnding> refit_best(const RunnerParts& parts, record::Journal* journal,
                                                const dispatch::SweepLimits& limits);

}  // namespace msunet::app
