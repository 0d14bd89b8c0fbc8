// SPDX-License-Identifier: Apache-2.0
#include "msunet/view/live_view.hpp"

#include <algorithm>
#include <variant>

#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"

namespace msunet::view {

namespace {

constexpr double seconds_between_tables = 0.5;
/// Rows of the table at most.
constexpr int longest_table = 20;
/// Lines of the terminal that stay free for messages.
constexpr int spare_lines = 4;

}  // namespace

LiveView::LiveView(std::int64_t groups, bool is_refit, const record::SweepRecord& record)
    : groups_(groups), is_refit_(is_refit) {
    for (const auto* result : record.results()) {
        count(*result);
    }
}

LiveView::~LiveView() { core::log::progress(""); }

void LiveView::happened(const record::Event& event, const record::SweepRecord& record) {
    if (const auto* started = std::get_if<record::TrialStarted>(&event)) {
        running_[started->trial] = started->at;
    } else if (const auto* epoch = std::get_if<record::EpochFinished>(&event)) {
        running_[epoch->trial] = epoch->at;
        last_event_ = epoch->at;
    } else if (const auto* paused = std::get_if<record::TrialPaused>(&event)) {
        running_.erase(paused->trial);
    } else if (const auto* reached = std::get_if<record::RungReached>(&event)) {
        running_.erase(reached->trial);
    } else if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
        const auto training = record.training_of(finished->result.trial);
        if (record.unfinished_trials(training).empty()) running_.erase(training);
        count(finished->result);
        last_event_ = finished->at;
    }
}

void LiveView::count(const record::TrialResult& result) {
    failed_ += result.state == record::TrialState::failed ? 1 : 0;
    stopped_ += result.state == record::TrialState::stopped ? 1 : 0;
}

bool LiveView::is_due(double now) const { return now >= shown_at_ + seconds_between_tables; }

void LiveView::show(const record::SweepRecord& record, const report::Forecast& forecast,
                    const record::Leaderboard& leaderboard, double now) {
    if (!core::log::is_terminal()) return;
    shown_at_ = now;
    report::SweepTotals totals;
    totals.done = leaderboard.ended() - failed_ - stopped_;
    totals.failed = failed_;
    totals.stopped = stopped_;
    for (const auto& entry : running_) {
        totals.running += record.unfinished_trials(entry.first).size();
    }
    totals.left = record.planned() - leaderboard.ended() - totals.running;
    if (const auto best = leaderboard.best()) {
        totals.best = core::concat(record.start.folding.any() ? "permutation " : "", *best, ": ",
                                   record.start.metric, " ",
                                   core::fixed(leaderboard.best_value().value_or(0), 4));
    }
    if (const auto left = forecast.seconds_left(groups_)) {
        totals.seconds_left = std::max(0.0, *left - (now - last_event_));
        totals.at_most = forecast.is_bound();
    }
    const int height = std::min(longest_table, core::log::terminal_height() - spare_lines);
    core::log::progress(report::format_live_table(
        running(record, forecast, now), totals,
        static_cast<std::size_t>(std::max(1, core::log::terminal_width() - 1)),
        static_cast<std::size_t>(std::max(4, height))));
}

std::vector<report::RunningTrial> LiveView::running(const record::SweepRecord& record,
                                                    const report::Forecast& forecast,
                                                    double now) const {
    std::vector<report::RunningTrial> trials;
    for (const auto& [id, since] : running_) {
        report::RunningTrial& row = trials.emplace_back();
        // The number of a permutation that has no result yet.
        const auto members = record.unfinished_trials(id);
        row.trial = members.front();
        row.others = members.size() - 1;
        row.is_refit = is_refit_;
        row.epochs = forecast.planned_epochs(record, id);
        auto epoch_seconds = forecast.epoch_seconds();
        const auto* trial = record.find(id);
        if (trial != nullptr && !trial->epochs.empty()) {
            const auto& last = trial->epochs.back();
            row.epoch = last.epoch + 1;
            row.loss = last.metrics.loss;
            row.dice = last.metrics.dice_coef;
            row.val_dice = last.metrics.val_dice_coef;
            epoch_seconds = last.seconds;
        }
        if (!epoch_seconds || *epoch_seconds <= 0 || row.epochs == 0) continue;
        // An epoch may take longer than the last one: its part is at most 1.
        const double part = std::clamp((now - since) / *epoch_seconds, 0.0, 1.0);
        const double done = std::min<double>(static_cast<double>(row.epochs),
                                             static_cast<double>(row.epoch) + part);
        row.share = done / static_cast<double>(row.epochs);
        row.seconds_left = (static_cast<double>(row.epochs) - done) * *epoch_seconds;
    }
    return trials;
}

}  // namespace msunet::view
