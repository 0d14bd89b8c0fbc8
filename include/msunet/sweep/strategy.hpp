// SPDX-License-Identifier: Apache-2.0
/// How far each trial of a sweep runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "msunet/record/trial.hpp"

namespace msunet::sweep {

/// A stretch of a trial that may be trained now.
struct Work {
    record::TrialId trial = 0;
    std::optional<std::int64_t> until_epoch;  ///< nothing: to the end
};

/// Says which trials run how far; the scheduler says when and where. Strategies that stop and
/// promote trials (successive halving) return work up to an epoch, and more of it later.
class Strategy {
public:
    virtual ~Strategy() = default;

    /// Work to begin with, given all trials without a result, in ascending order.
    virtual std::vector<Work> begin(const std::vector<record::TrialId>& trials) = 0;
    /// Further work after a trial was set aside at its `until_epoch`.
    virtual std::vector<Work> set_aside(record::TrialId trial, const record::EpochReport& last) = 0;
    /// Further work after a trial has ended or was given up.
    virtual std::vector<Work> ended(record::TrialId trial) = 0;
};

/// A grid: every trial runs to its last epoch.
std::unique_ptr<Strategy> grid_strategy();

}  // namespace msunet::sweep
