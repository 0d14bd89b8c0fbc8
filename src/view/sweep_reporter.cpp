// SPDX-License-Identifier: Apache-2.0
#include "msunet/view/sweep_reporter.hpp"

#include <utility>
#include <variant>

#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/report/terminal.hpp"
#include "msunet/sweep/scheduler.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::view {

using core::concat;

namespace {
constexpr double partial_seconds = 5;
/// The other half of 1 % is the pictures' (TrialFileWriter).
constexpr double partial_share = 0.005;
}  // namespace

SweepReporter::SweepReporter(Settings settings, const record::SweepRecord& record)
    : settings_(std::move(settings)),
      leaderboard_(record),
      forecast_(record, sweep::search_epochs(record, unet::Hyperparameters{}.epochs)),
      live_(settings_.groups, settings_.is_refit, record),
      partial_share_(partial_share, partial_seconds) {
    if (settings_.tensorboard) board_.emplace(settings_.folder, core::unix_now());
}

void SweepReporter::happened(const record::Event& event, const record::SweepRecord& record) {
    const auto& folding = record.start.folding;
    live_.happened(event, record);
    if (const auto* epoch = std::get_if<record::EpochFinished>(&event)) {
        page_changed_ = true;
        forecast_.epoch(epoch->trial, epoch->report);
        epoch_line(*epoch, record);
        write_scalars(epoch->trial, epoch->report, epoch->at, record);
    } else if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
        results_changed_ = true;
        page_changed_ = true;
        forecast_.ended(record, finished->result);
        const bool best = leaderboard_.add(record, finished->result);
        if (settings_.is_refit) {
            refit_line(finished->result, record);
        } else {
            trial_line(finished->result, record, best && !folding.any());
            permutation_line(finished->result.trial, record, best);
        }
    } else if (const auto* paused = std::get_if<record::TrialPaused>(&event)) {
        const auto trials = record.unfinished_trials(paused->trial);
        core::log::info(concat(settings_.is_refit
                                   ? "the refit is"
                                   : concat("trial ", record::training_text(paused->trial, trials),
                                            record::fold_in_brackets(folding, paused->trial)),
                               " paused, its checkpoint is saved"));
    } else if (const auto* promoted = std::get_if<record::TrialPromoted>(&event)) {
        core::log::info(concat(
            "trial ", promoted->trial, record::fold_in_brackets(folding, promoted->trial),
            " is promoted, to ",
            promoted->until_epoch ? concat("epoch ", *promoted->until_epoch) : "its last epoch"));
    } else if (const auto* started = std::get_if<record::TrialStarted>(&event)) {
        training_started(*started, record);
    } else {
        return;
    }
    live_.show(record, forecast_, leaderboard_, core::unix_now());
}

void SweepReporter::training_started(const record::TrialStarted& event,
                                     const record::SweepRecord& record) {
    const auto begins = record.continued.find(event.trial);
    if (begins == record.continued.end() || event.checkpoint != begins->second.checkpoint) return;
    // No event will tell of the epochs before the checkpoint.
    for (const auto& report : record.find(event.trial)->epochs) {
        write_scalars(event.trial, report, event.at, record);
    }
}

void SweepReporter::write_scalars(record::TrialId training, const record::EpochReport& report,
                                  double at, const record::SweepRecord& record) {
    if (!board_) return;
    for (const auto trial : record.unfinished_trials(training)) {
        board_->epoch(trial, record.permutation(trial), report, at);
    }
}

void SweepReporter::tick(const record::SweepRecord& record) {
    const double now = core::unix_now();
    if (!settings_.is_refit && page_changed_ && partial_share_.allows(now)) {
        write_partial(record, now);
    }
    if (live_.is_due(now)) live_.show(record, forecast_, leaderboard_, now);
}

void SweepReporter::write_partial(const record::SweepRecord& record, double now) {
    if (results_changed_) {
        report::write_partial_results(settings_.folder, report::make_sweep(record));
    }
    report::write_report(
        settings_.folder, record,
        experiment::refit_note(experiment::recorded_refit(settings_.folder, record)));
    results_changed_ = false;
    page_changed_ = false;
    partial_share_.spent(now, core::unix_now());
}

void SweepReporter::epoch_line(const record::EpochFinished& event,
                               const record::SweepRecord& record) {
    // With several trials a terminal shows the live table instead of a line an epoch.
    if (core::log::is_terminal() && record.planned() > 1) return;
    if (!heading_shown_) {
        core::log::info(report::epoch_heading(settings_.has_validation));
        heading_shown_ = true;
    }
    const auto& metrics = event.report.metrics;
    const auto trials = record.unfinished_trials(event.trial);
    core::log::info(report::format_epoch_line(
        {trials.front(), trials.size() - 1, settings_.is_refit, event.report.epoch + 1,
         forecast_.planned_epochs(record, event.trial), metrics.loss, metrics.dice_coef,
         metrics.val_loss, metrics.val_dice_coef, event.report.seconds,
         event.report.samples_per_second, forecast_.seconds_left(settings_.groups)}));
}

void SweepReporter::trial_line(const record::TrialResult& result, const record::SweepRecord& record,
                               bool best) {
    const auto name = concat("trial ", result.trial,
                             record::fold_in_brackets(record.start.folding, result.trial));
    const auto count = concat(" (", leaderboard_.ended(), " of ", record.planned(), ")");
    if (result.state == record::TrialState::failed) {
        core::log::warn(concat(name, " failed", count, ": ", result.reason));
        return;
    }
    const bool is_stopped = result.state == record::TrialState::stopped;
    auto text = concat(name, is_stopped ? " stopped" : " done", count);
    const auto* last = record::summary_epoch(result);
    auto value = record::metric(result, record.start.metric);
    if (is_stopped) {
        text += concat(" after ", core::counted(std::ssize(result.history), "epoch"));
        value = last == nullptr ? std::nullopt : record::metric(*last, record.start.metric);
    }
    if (value) text += concat(": ", record.start.metric, " ", core::fixed(*value, 4));
    if (best) text += ", best so far";
    core::log::info(text);
}

void SweepReporter::refit_line(const record::TrialResult& result,
                               const record::SweepRecord& record) {
    // One that failed is named at the end of the run.
    if (result.state == record::TrialState::failed) return;
    const auto value = record::metric(result, record.start.metric);
    core::log::info(
        concat("the refit is done",
               value ? concat(": ", record.start.metric, " ", core::fixed(*value, 4)) : ""));
}

void SweepReporter::permutation_line(record::TrialId trial, const record::SweepRecord& record,
                                     bool best) const {
    const auto& folding = record.start.folding;
    if (!folding.any()) return;
    const auto whole = record::permutation_result(record, folding.permutation(trial));
    // Of one that was stopped the line of its trial says all.
    if (!whole || whole->state == record::TrialState::stopped) return;
    const auto name = concat("permutation ", whole->trial);
    if (whole->state == record::TrialState::failed) {
        core::log::warn(concat(name, " failed in ", whole->reason));
        return;
    }
    const auto ranked = record::ranked_value(*whole, record.start.metric);
    if (!ranked) {
        core::log::info(
            concat(name, ": no ", record.start.metric, " in its ", folding.trials(), " trials"));
        return;
    }
    core::log::info(concat(name, ": mean ", ranked->metric, " ", core::fixed(ranked->value, 4),
                           " over ", folding.trials(), " trials", best ? ", best so far" : ""));
}

}  // namespace msunet::view
