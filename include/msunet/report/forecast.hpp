// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a sweep will still take.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// The epochs that are left and what an epoch took so far, kept up to date an epoch at a time.
class Forecast {
public:
    /// As the record says.
    explicit Forecast(const record::SweepRecord& record);

    /// An epoch that has ended.
    void epoch(record::TrialId trial, const record::EpochReport& report);
    /// A trial that has its result. What it was spared is not left any more.
    void ended(const record::SweepRecord& record, const record::TrialResult& result);

    /// Seconds until the last permutation ends where `groups` train side by side; nothing before
    /// the first epoch.
    std::optional<double> seconds_left(std::int64_t groups) const;
    /// Mean seconds of an epoch; nothing before the first.
    std::optional<double> epoch_seconds() const;
    /// Epochs that a permutation runs if nothing ends it early; 0 where it trains nothing.
    std::int64_t planned_epochs(const record::SweepRecord& record, record::TrialId trial) const;

private:
    void count(const record::History& history);

    std::int64_t trials_left_ = 0;  ///< without a result
    std::int64_t epochs_left_ = 0;  ///< of those
    std::int64_t epochs_seen_ = 0;
    double seconds_seen_ = 0;                        ///< of the epochs seen
    std::map<record::TrialId, std::int64_t> begun_;  ///< epochs done of trials without a result
};

/// Groups that train side by side in a world of ranks and groups.
std::int64_t groups_of(const record::World& world);

}  // namespace msunet::report
