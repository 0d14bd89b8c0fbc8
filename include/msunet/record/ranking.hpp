// SPDX-License-Identifier: Apache-2.0
/// \file
/// What "best" means: the one order of trials, which tables, archive, report, terminal and the
/// removal of weights all follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// Whether `value` of a metric is better than `other`: lower for a loss, else higher. NaN is worse
/// than every number.
[[nodiscard]] bool is_better(double value, double other, std::string_view metric);

/// What "best" means where the user names no metric.
[[nodiscard]] std::string_view default_metric(bool has_validation);

/// A metric and its value.
struct RankedValue {
    std::string metric;
    double value = 0;
};
/// The value by which a trial is ranked: of `metric`, or of the default metric where the trial is
/// done and lacks `metric`. Nothing if it is not done.
[[nodiscard]] std::optional<RankedValue> ranked_value(const TrialResult& result,
                                                      std::string_view metric);

/// The values by which a trial is ranked; nothing where it doesn't count (see `metric`).
struct Score {
    TrialId trial = 0;
    std::optional<double> value;       ///< of the metric
    std::optional<double> substitute;  ///< of the default metric, where `value` is missing
    std::uint64_t place = 0;           ///< in tables; that of its id where no sweep was extended

    [[nodiscard]] bool counts() const { return value || substitute; }
};
[[nodiscard]] Score score_of(const TrialResult& result, std::string_view metric);

/// Whether `a` stands before `b` in the ranking: better values first, equal ones by their place in
/// tables. After them the trials without a value, by their substitutes, then by place.
[[nodiscard]] bool ranks_before(const Score& a, const Score& b, std::string_view metric);

/// Indices into `results` from best to worst. `results`: in the order of tables.
[[nodiscard]] std::vector<std::size_t> ranking(std::span<const TrialResult> results,
                                               std::string_view metric);

/// The trial whose model is the sweep's: the first of the ranking by `start.metric`. With folds the
/// best trial (best_trial) of the permutation that is the first of their ranking. Null if
/// none is done with finite metrics.
[[nodiscard]] const TrialResult* best(const SweepRecord& record);

/// The best of the results so far, with folds of those of the permutations. It takes one result at
/// a time, so that no end of a trial costs a walk over many thousand results.
class Leaderboard {
public:
    explicit Leaderboard(std::string metric) : metric_(std::move(metric)) {}
    /// With all results of the record, to which it keeps no reference.
    explicit Leaderboard(const SweepRecord& record);

    /// Adds a result of a sweep without folds that was not extended. Returns whether it is the best
    /// one now.
    bool add(const TrialResult& result);
    /// Adds a result of any sweep. With folds the permutation counts once all of its trials have
    /// results, which `record` holds.
    bool add(const SweepRecord& record, const TrialResult& result);

    /// Trials with a result.
    [[nodiscard]] std::size_t ended() const { return ended_; }
    /// The first of the ranking: a trial, with folds a permutation.
    [[nodiscard]] std::optional<TrialId> best() const;
    /// Its value of the metric, or what stands in for it.
    [[nodiscard]] std::optional<double> best_value() const;

private:
    bool compare(const TrialResult& result, std::uint64_t place);
    bool compare(const SweepRecord& record, const TrialResult& result);

    std::string metric_;
    std::size_t ended_ = 0;
    Score best_;
};

}  // namespace msunet::record
