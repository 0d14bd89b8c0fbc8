// SPDX-License-Identifier: Apache-2.0
#include "bookkeeper.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/report/terminal.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::app {

using core::concat;

namespace {
constexpr double partial_seconds = 5;
constexpr double partial_share = 0.01;
}  // namespace

Bookkeeper::Bookkeeper(Settings settings, const record::SweepRecord& record)
    : settings_(std::move(settings)), standing_(record) {
    if (settings_.tensorboard) board_.emplace(settings_.folder, core::unix_now());
    // What an earlier start could not delete any more.
    for (const auto* result : record.results()) {
        if (result->trial != standing_.best()) forget_weights(result);
    }
}

void Bookkeeper::happened(const record::Event& event, const record::SweepRecord& record) {
    if (const auto* epoch = std::get_if<record::EpochFinished>(&event)) {
        epoch_line(*epoch, record);
        if (board_) board_->epoch(epoch->trial, epoch->report, epoch->at);
    } else if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
        results_changed_ = true;
        // What early stopping or a failure spares is not left any more.
        if (epochs_counted_) {
            epochs_left_ -= planned_epochs(record, finished->result.trial) -
                            static_cast<std::int64_t>(finished->result.history.size());
        }
        const auto before = standing_.best();
        const bool best = standing_.add(finished->result);
        trial_line(finished->result, record, best);
        forget_files(finished->result, record, before);
    } else if (const auto* paused = std::get_if<record::TrialPaused>(&event)) {
        core::log::info(concat("permutation ", paused->trial, ": set aside with a checkpoint"));
    }
}

void Bookkeeper::tick(const record::SweepRecord& record) {
    const double now = core::unix_now();
    if (results_changed_ && now >= next_partial_) write_partial(record, now);
}

void Bookkeeper::write_partial(const record::SweepRecord& record, double now) {
    report::write_partial_results(settings_.folder, report::make_sweep(record));
    results_changed_ = false;
    const double cost = core::unix_now() - now;
    next_partial_ = now + std::max(partial_seconds, cost / partial_share);
}

void Bookkeeper::epoch_line(const record::EpochFinished& event, const record::SweepRecord& record) {
    if (!heading_shown_) {
        core::log::info(report::epoch_heading(settings_.has_validation));
        heading_shown_ = true;
    }
    if (!epochs_counted_) count_epochs(record);
    --epochs_left_;
    ++epochs_seen_;
    epoch_seconds_ += event.report.seconds;
    const auto epochs = planned_epochs(record, event.trial);
    const auto& metrics = event.report.metrics;
    core::log::info(report::format_epoch_line(
        {event.trial, event.report.epoch + 1, epochs, metrics.loss, metrics.dice_coef,
         metrics.val_loss, metrics.val_dice_coef, event.report.seconds,
         event.report.samples_per_second, seconds_left(record)}));
}

void Bookkeeper::trial_line(const record::TrialResult& result, const record::SweepRecord& record,
                            bool best) {
    const auto count = concat(" (", standing_.ended(), " of ", record.start.trials.size(), ")");
    if (result.state == record::TrialState::failed) {
        core::log::warn(
            concat("permutation ", result.trial, " failed", count, ": ", result.reason));
        return;
    }
    std::string text = concat("permutation ", result.trial, " done", count);
    if (const auto value = record::metric(result, record.start.metric)) {
        text += concat(": ", record.start.metric, " ", core::fixed(*value, 4));
    }
    if (best) text += ", best so far";
    core::log::info(text);
}

void Bookkeeper::forget_files(const record::TrialResult& result, const record::SweepRecord& record,
                              std::optional<record::TrialId> before) {
    const auto trial_folder = settings_.folder / record::trial_folder(result.trial);
    to_delete_.push_back(trial_folder / train::checkpoint_file_name);
    if (standing_.best() != result.trial) {
        forget_weights(&result);
    } else if (before) {
        forget_weights(record.result(*before));
    }
}

void Bookkeeper::forget_weights(const record::TrialResult* result) {
    if (settings_.keep_all_models || result == nullptr || result->weights_file.empty()) return;
    to_delete_.push_back(settings_.folder / result->weights_file);
}

void Bookkeeper::clean_up() {
    for (const auto& file : to_delete_) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    }
    to_delete_.clear();
}

std::int64_t Bookkeeper::planned_epochs(const record::SweepRecord& record,
                                        record::TrialId trial) const {
    const auto point = unet::from_point(record.point(trial), settings_.defaults);
    return point.pca_only ? 0 : point.epochs;
}

void Bookkeeper::count_epochs(const record::SweepRecord& record) {
    epochs_counted_ = true;
    for (const auto id : record.start.trials) {
        const auto* trial = record.find(id);
        if (trial != nullptr && trial->result) continue;
        epochs_left_ += planned_epochs(record, id);
        if (trial != nullptr) epochs_left_ -= static_cast<std::int64_t>(trial->epochs.size());
    }
    // The epoch that has just been recorded is counted by the caller.
    ++epochs_left_;
}

std::optional<double> Bookkeeper::seconds_left(const record::SweepRecord& record) const {
    const auto side_by_side = std::min<std::int64_t>(
        settings_.groups,
        static_cast<std::int64_t>(record.start.trials.size() - standing_.ended()));
    return static_cast<double>(epochs_left_) * epoch_seconds_ /
           static_cast<double>(epochs_seen_ * std::max<std::int64_t>(1, side_by_side));
}

}  // namespace msunet::app
