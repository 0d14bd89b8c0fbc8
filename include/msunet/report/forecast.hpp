// SPDX-License-Identifier: Apache-2.0
/// \file
/// Estimates the time that a sweep still takes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "msunet/record/search_epochs.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// Counts the epochs left and the seconds of those done; updated with every epoch.
class Forecast {
public:
    /// As the record says. `search`: nothing where all trials are trained to their ends.
    explicit Forecast(const record::SweepRecord& record,
                      std::optional<record::SearchEpochs> search = std::nullopt);

    /// An epoch of a training that has ended.
    void epoch(record::TrialId training, const record::EpochReport& report);
    /// A trial that has ended. Epochs that are trained for no other one no longer count as left.
    void ended(const record::SweepRecord& record, const record::TrialResult& result);

    /// Seconds until the last training ends if `groups` of them run at the same time; nothing
    /// before the first epoch.
    [[nodiscard]] std::optional<double> seconds_left(std::int64_t groups) const;
    /// Whether `seconds_left` is what it takes at most: a search whose epochs are the most, but not
    /// one with folds and early stopping.
    [[nodiscard]] bool is_bound() const { return search_left_.has_value() && !may_take_more_; }
    /// The share of the epochs left in a whole grid that the search trains; 1 for a grid.
    [[nodiscard]] double search_share() const;
    /// Mean seconds of an epoch; nothing before the first.
    [[nodiscard]] std::optional<double> epoch_seconds() const;
    /// Epochs of a training if nothing ends it early: of the longest of its permutations without a
    /// result, or of all where all have one; 0 for a pca_only one.
    [[nodiscard]] std::int64_t planned_epochs(const record::SweepRecord& record,
                                              record::TrialId training) const;

private:
    /// What is still to be suggested counts as the mean of the known trials.
    void count_suggestions(const record::SweepRecord& record);
    void count(const record::History& history);
    /// Nothing more is trained for the trial.
    void leave(const record::SweepRecord& record, record::TrialId trial);

    std::int64_t trainings_left_ = 0;          ///< with a permutation that has no result
    std::int64_t epochs_left_ = 0;             ///< of those
    std::optional<std::int64_t> search_left_;  ///< epochs that a search has not trained yet
    bool may_take_more_ = false;
    std::int64_t epochs_seen_ = 0;
    double seconds_seen_ = 0;                        ///< of the epochs seen
    std::map<record::TrialId, std::int64_t> begun_;  ///< epochs done of those trainings
};

/// Epochs of a training if nothing ends it early: of the longest of its permutations; 0 for a
/// pca_only one.
[[nodiscard]] std::int64_t epochs_of_training(const record::SweepRecord& record,
                                              record::TrialId training);

/// Groups that train at the same time.
[[nodiscard]] std::int64_t groups_of(const record::World& world);

}  // namespace msunet::report
