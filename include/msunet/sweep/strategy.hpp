// SPDX-License-Identifier: Apache-2.0
/// \file
/// How far each trial of a sweep runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "msunet/record/trial.hpp"

namespace msunet::sweep {

/// A trial that may be trained now, and how far.
struct Work {
    record::TrialId trial = 0;
    std::optional<std::int64_t> until_epoch;  ///< nothing: to the end
};

/// Decides which trials run how far; the scheduler decides when and where. Strategies that stop and
/// promote trials (successive halving) return work up to an epoch, and more of it later.
class Strategy {
public:
    virtual ~Strategy() = default;

    /// The first work, given all trials without a result, in ascending order.
    virtual std::vector<Work> begin(const std::vector<record::TrialId>& trials) = 0;
    /// Further work after a trial was paused at its `until_epoch`.
    virtual std::vector<Work> paused(record::TrialId trial, const record::EpochReport& last) = 0;
    /// Further work after a trial has a result.
    virtual std::vector<Work> ended(record::TrialId trial) = 0;
};

/// A grid: every trial runs to its last epoch.
[[nodiscard]] std::unique_ptr<Strategy> grid_strategy();

}  // namespace msunet::sweep
