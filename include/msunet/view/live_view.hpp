// SPDX-License-Identifier: Apache-2.0
/// \file
/// The running sweep on rank 0's terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/report/live_table.hpp"

namespace msunet::view {

/// A table of the running trials, redrawn in place, with a line of totals. Prints nothing without a
/// terminal. All times are unix seconds.
class LiveView {
public:
    /// `groups`: how many train at once. `is_refit`: of a cross-validation. `record`: as it is when
    /// training begins.
    LiveView(std::int64_t groups, bool is_refit, const record::SweepRecord& record);
    /// Removes the table.
    ~LiveView();
    LiveView(const LiveView&) = delete;
    LiveView& operator=(const LiveView&) = delete;

    /// Takes an event that the record already holds.
    void happened(const record::Event& event, const record::SweepRecord& record);
    /// Draws the table.
    void show(const record::SweepRecord& record, const report::Forecast& forecast,
              const record::Leaderboard& leaderboard, double now);
    /// Whether the table is older than half a second.
    bool is_due(double now) const;

private:
    void count(const record::TrialResult& result);
    std::vector<report::RunningTrial> running(const record::SweepRecord& record,
                                              const report::Forecast& forecast, double now) const;

    std::int64_t groups_;
    bool is_refit_;
    std::size_t failed_ = 0;
    std::size_t stopped_ = 0;
    std::map<record::TrialId, double> running_;  ///< by training: when its present epoch began
    double last_event_ = 0;  ///< unix seconds of the last event that changed the forecast
    double shown_at_ = 0;
};

}  // namespace msunet::view
