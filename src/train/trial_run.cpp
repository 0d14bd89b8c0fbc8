// SPDX-License-Identifier: Apache-2.0
#include "train/trial_run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/augmented_batch.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/train/going_on.hpp"
#include "msunet/train/trial_failure.hpp"
#include "train/divergence.hpp"
#include "train/leader_work.hpp"

namespace msunet::train {

using core::concat;

TrialRun::TrialRun(const TrialSetup& setup, EndReports& reports, record::TrialControl& control)
    : setup_(setup),
      reports_(reports),
      control_(control, setup.context.group, setup.assignment.trial),
      checkpoints_(setup, control_),
      callbacks_(setup.hyperparameters, setup.steps, setup.context.metric) {
    progress_.callbacks = callbacks_.state();
    for (const auto& end : setup.ends) progress_.ends.push_back(end.trial);
}

bool TrialRun::run() {
    make_engine();
    restore();
    bool paused = false;
    while (!paused) {
        paused = !finish_ends();
        if (progress_.ends.empty()) return true;
        paused = paused || control_.pause_agreed() || at_until() || !train_epoch() || !end_epoch();
    }
    // A step that failed after its reduction is noticed in the next one only.
    throw_if_any_failed(setup_.context.group, engine_->failure());
    checkpoints_.save(*engine_, progress_);
    return false;
}

void TrialRun::describe(record::TrialResult& result) const {
    const auto& end = setup_.end(result.trial);
    result.patch_size = setup_.index.padded_text();
    result.notices = unet::warnings_for(end.hyperparameters);
    result.history = progress_.history;
    if (!has_modality(end)) {
        for (auto& epoch : result.history) epoch.modality.reset();
    }
    result.modality = progress_.modality;
    if (engine_) result.peak_memory_bytes = engine_->peak_memory();
}

record::TrialResult TrialRun::so_far() const {
    auto result = reports_.result(progress_.ends.front(), record::TrialState::paused);
    describe(result);
    result.trial = setup_.assignment.trial;
    // With what a search ranks it by.
    result.history = progress_.history;
    return result;
}

std::vector<const EndSetup*> TrialRun::ends_left() const {
    std::vector<const EndSetup*> ends;
    for (const auto trial : progress_.ends) ends.push_back(&setup_.end(trial));
    return ends;
}

bool TrialRun::is_due(const EndSetup& end) const {
    const auto& values = end.hyperparameters;
    return progress_.epoch >= values.epochs ||
           callbacks_.stops(values.early_stopping, progress_.epoch);
}

bool TrialRun::at_until() const {
    const auto& until = setup_.assignment.until_epoch;
    return until && progress_.epoch >= *until &&
           std::ranges::none_of(ends_left(), [this](const auto* end) { return is_due(*end); });
}

bool TrialRun::over() const {
    return std::ranges::all_of(ends_left(), [this](const auto* end) { return is_due(*end); });
}

void TrialRun::make_engine() {
    const auto& context = setup_.context;
    run_on_all(context.group, [&] {
        core::fault_point("train.engine");
        engine_ = context.make_engine(
            {.architecture = context.architecture,
             .dataset = context.dataset,
             .index = setup_.index,
             .hyperparameters = setup_.hyperparameters,
             .start_weights = setup_.start_weights,
             .sample_weights = setup_.sample_weights,
             .reducer = context.reducer,
             .precision = context.precision,
             .dropout_key = model::dropout_key(context.seed, setup_.stream),
             .augmentation_key = data::augmentation_key(context.seed, setup_.stream),
             .mirrors = context.mirrors,
             .sync_batch_norm = context.options.sync_batch_norm,
             .deterministic = context.options.deterministic});
    });
}

void TrialRun::restore() {
    if (setup_.assignment.checkpoint.empty()) return;
    Progress restored;
    const auto problem = checkpoints_.restore(*engine_, restored);
    if (problem.empty()) {
        // Some that were left then may have their results by now.
        restored.ends = std::move(progress_.ends);
        progress_ = std::move(restored);
        callbacks_.restore(progress_.callbacks);
        reports_.add_spent(setup_.assignment.checkpoint_seconds);
        checkpoints_.report_restored(progress_);
        return;
    }
    if (setup_.context.group.is_root()) {
        core::log::alert(concat("trial ", setup_.assignment.trial, ": ", problem,
                                checkpoints_.goes_on_from_another()
                                    ? "; it starts from its first epoch"
                                    : "; it starts again from its first epoch"));
    }
    engine_.reset();
    make_engine();
}

bool TrialRun::train_epoch() {
    const auto sampler = data::BatchSampler::shuffled(
        setup_.index.training(), static_cast<std::size_t>(setup_.hyperparameters.batch_size),
        setup_.context.seed, setup_.stream, static_cast<std::uint64_t>(progress_.epoch));
    while (progress_.step < setup_.steps) {
        train_step(sampler);
        if (control_.pause_agreed()) return false;
    }
    return true;
}

void TrialRun::train_step(const data::BatchSampler& sampler) {
    const double began = core::steady_seconds();
    const auto& group = setup_.context.group;
    const auto batch = static_cast<std::size_t>(progress_.step);
    const auto global = static_cast<std::int64_t>(sampler.batch(batch).size());
    const auto share = sampler.share(batch, group.rank(), group.size());
    const std::int64_t step = progress_.epoch * setup_.steps + progress_.step;
    const StepOutcome outcome =
        engine_->train({.samples = sampler.batch(batch, group.rank(), group.size()),
                        .first = static_cast<std::int64_t>(share.begin),
                        .global = global,
                        .epoch = progress_.epoch},
                       step, callbacks_.learning_rate(step), control_.status());
    throw_if_step_failed(group, *engine_, outcome.status);
    control_.learn(outcome.status);
    if (!std::isfinite(outcome.sums.weighted_loss)) {
        throw TrialFailure(
            divergence_text(concat("the loss became NaN or infinite in epoch ", progress_.epoch + 1,
                                   ", step ", progress_.step + 1, " of ", setup_.steps)));
    }
    progress_.sums.add(outcome.sums, global);
    const double seconds = core::steady_seconds() - began;
    progress_.sums.seconds += seconds;
    ++progress_.step;
    if (progress_.step < setup_.steps) checkpoints_.save_within_epoch_if_due(*engine_, progress_);
    checkpoints_.report_completed();
    control_.step_ended(progress_.epoch, progress_.step - 1, setup_.steps, seconds);
}

bool TrialRun::has_modality(const EndSetup& end) const {
    return has_modality_every_epoch(end.hyperparameters, setup_.context.options.modality_metrics,
                                    setup_.context.metric);
}

bool TrialRun::keeps_last_checkpoint() const {
    return setup_.context.keeps_last_checkpoint &&
           has_epochs_after(setup_.hyperparameters, progress_.epoch);
}

bool TrialRun::modality_after_epoch() const {
    // At a rung of the search its metric decides.
    const bool at_rung = setup_.assignment.until_epoch == progress_.epoch + 1;
    if (at_rung && is_modality_metric(setup_.context.metric)) return true;
    return std::ranges::any_of(ends_left(), [this](const auto* end) { return has_modality(*end); });
}

bool TrialRun::end_epoch() {
    const auto report = evaluate_epoch();
    if (!report) return false;
    add_epoch(*report);
    if (!over()) {
        checkpoints_.save_if_due(*engine_, progress_);
    } else if (keeps_last_checkpoint()) {
        checkpoints_.save_now(*engine_, progress_);
    }
    checkpoints_.report_completed();
    control_.epoch_ended(*report);
    return true;
}

std::optional<record::EpochReport> TrialRun::evaluate_epoch() {
    const double began = core::steady_seconds();
    record::EpochReport report;
    report.epoch = progress_.epoch;
    report.learning_rate = callbacks_.learning_rate((progress_.epoch + 1) * setup_.steps - 1);
    std::optional<EpochSums> validation;
    if (!setup_.index.validation().empty()) {
        validation = evaluation().validation(progress_.epoch);
        if (!validation) return std::nullopt;
    }
    report.metrics = metrics_of(progress_.sums, validation);
    if (modality_after_epoch()) {
        report.modality = evaluation().modalities(progress_.epoch);
        if (!report.modality) return std::nullopt;
    }
    const double training = progress_.sums.seconds;
    report.seconds = training + core::steady_seconds() - began;
    if (training > 0) {
        report.samples_per_second = static_cast<double>(progress_.sums.samples) / training;
    }
    return report;
}

void TrialRun::add_epoch(const record::EpochReport& report) {
    const bool improved =
        callbacks_.end_epoch(progress_.epoch, record::metric(report, setup_.context.metric),
                             report.metrics.val_loss.value_or(report.metrics.loss));
    const bool best_is_kept = std::ranges::any_of(
        ends_left(), [](const auto* end) { return end->hyperparameters.restore_best; });
    // Without them an older epoch's would pass for the best one's.
    if (improved) progress_.best_weights.clear();
    if (improved && best_is_kept) progress_.best_weights = engine_->weights();
    progress_.callbacks = callbacks_.state();
    if (setup_.context.options.modality_metrics == ModalityMetrics::every_epoch) {
        progress_.modality.push_back({.epoch = progress_.epoch, .dice = *report.modality});
    }
    progress_.history.push_back(report);
    ++progress_.epoch;
    progress_.step = 0;
    progress_.sums = {};
}

bool TrialRun::finish_ends() {
    for (const auto* end : ends_left()) {
        if (is_due(*end) && !finish(*end)) return false;
    }
    return true;
}

bool TrialRun::finish(const EndSetup& end) {
    if (!end.hyperparameters.restore_best || progress_.best_weights.empty()) {
        return conclude(end, progress_.epoch - 1);
    }
    // Training goes on from its own weights, also after a pause.
    const auto state = engine_->state();
    const auto iterations = engine_->iterations();
    engine_->load_weights(progress_.best_weights);
    const bool concluded = conclude(end, progress_.callbacks.best_epoch);
    const auto problem = engine_->restore(state, iterations);
    if (!problem.empty()) throw TrialFailure(problem);
    return concluded;
}

bool TrialRun::conclude(const EndSetup& end, std::int64_t number) {
    const auto& epoch = progress_.history[static_cast<std::size_t>(number)];
    auto dice = epoch.modality;
    if (!dice && evaluated_ && evaluated_->epoch == number) dice = evaluated_->dice;
    if (!dice) dice = evaluation().modalities(number);
    if (!dice) return false;
    evaluated_ = {.epoch = number, .dice = *dice};
    auto result = reports_.result(end.trial, record::TrialState::done);
    try {
        throw_if_any_failed(setup_.context.group, divergence_of(epoch, dice, engine_->weights()));
    } catch (const TrialFailure& failure) {
        // The training may go on for others: alone they would not notice it either.
        result = reports_.failure(end.trial, failure.what());
    }
    describe(result);
    if (setup_.context.options.modality_metrics != ModalityMetrics::every_epoch) {
        result.modality = {{.epoch = number, .dice = *dice}};
    }
    if (result.state == record::TrialState::done) write_files(end, result);
    reports_.report(result);
    std::erase(progress_.ends, end.trial);
    return true;
}

void TrialRun::write_files(const EndSetup& end, record::TrialResult& result) {
    if (end.hyperparameters.restore_best && !progress_.best_weights.empty()) {
        result.best_epoch = progress_.callbacks.best_epoch;
    }
    result.weights_file = TrialSetup::file_name(end.trial, weights_file_name);
    const auto folder = setup_.folder(end.trial);
    run_on_leader(setup_.context.group, [&] {
        auto* const files = setup_.context.files;
        checkpoints_.finish();
        core::fault_point("train.end");
        core::make_directories(folder);
        h5::write_keras_weights(
            folder / weights_file_name,
            h5::group_by_layer(setup_.context.architecture.layer_names(), engine_->weights()),
            files == nullptr ? std::map<std::string, std::string>{}
                             : files->attributes(end.hyperparameters, setup_.index.padded_text()));
        if (files == nullptr) return;
        files->write_pictures({.result = result,
                               .index = setup_.index,
                               .engine = *engine_,
                               .batch_size = end.hyperparameters.batch_size,
                               .control = &control_.control()});
    });
    checkpoints_.report_completed();
    const double now = core::unix_now();
    result.duration += now - result.ended_at;
    result.ended_at = now;
}

}  // namespace msunet::train
