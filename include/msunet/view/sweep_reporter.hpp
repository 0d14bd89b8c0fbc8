// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the user sees of a running sweep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "msunet/core/time_share.hpp"
#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/report/tensorboard.hpp"
#include "msunet/view/live_view.hpp"

namespace msunet::view {

/// Prints lines and the live table; writes TensorBoard's files, results.partial.csv and
/// report.html, these at most every 5 s and in at most 0.5 % of the time.
class SweepReporter {
public:
    struct Settings {
        std::filesystem::path folder;
        bool tensorboard = false;
        bool has_validation = false;
        bool is_refit = false;  ///< of a cross-validation, which has the tables and the page
        std::int64_t groups = 1;
    };

    /// `record` as it is when training begins.
    SweepReporter(Settings settings, const record::SweepRecord& record);

    /// An event that the record already holds.
    void happened(const record::Event& event, const record::SweepRecord& record);
    /// Time has passed.
    void tick(const record::SweepRecord& record);

private:
    void training_started(const record::TrialStarted& event, const record::SweepRecord& record);
    /// TensorBoard's values of an epoch, for all that the training serves.
    void write_scalars(record::TrialId training, const record::EpochReport& report, double at,
                       const record::SweepRecord& record);
    void epoch_line(const record::EpochFinished& event, const record::SweepRecord& record);
    void trial_line(const record::TrialResult& result, const record::SweepRecord& record,
                    bool best);
    static void refit_line(const record::TrialResult& result, const record::SweepRecord& record);
    /// With folds: the mean of a permutation whose last trial has ended.
    void permutation_line(record::TrialId trial, const record::SweepRecord& record,
                          bool best) const;
    void write_partial(const record::SweepRecord& record, double now);

    Settings settings_;
    std::optional<report::TensorBoard> board_;
    record::Leaderboard leaderboard_;
    report::Forecast forecast_;
    LiveView live_;
    bool heading_shown_ = false;
    bool results_changed_ = false;
    bool page_changed_ = false;
    core::TimeShare partial_share_;
};

}  // namespace msunet::view
