// SPDX-License-Identifier: Apache-2.0
#include "train/trial_run.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::train {
namespace {

std::string identity(const TrialContext& context, const record::Assignment& assignment) {
    return codec::to_json(assignment.permutation) + " seed " + std::to_string(context.seed) +
           " data " + context.dataset.hash();
}

std::int64_t steps_per_epoch(const data::PatchIndex& index, std::int64_t batch_size) {
    return (static_cast<std::int64_t>(index.training().size()) + batch_size - 1) / batch_size;
}

bool is_modality_metric(const std::string& name) {
    const auto columns = record::modality_columns();
    return std::find(columns.begin(), columns.end(), name) != columns.end();
}

record::Metrics metrics_of(const EpochSums& training, const std::optional<EpochSums>& validation) {
    const auto batches = static_cast<double>(training.batches);
    record::Metrics metrics;
    metrics.loss = training.weighted_loss / static_cast<double>(training.samples);
    metrics.dice_coef = training.dice_coef / batches;
    metrics.jaccard_similarity = training.jaccard / batches;
    if (validation) {
        const auto val_batches = static_cast<double>(validation->batches);
        metrics.val_loss = validation->loss / static_cast<double>(validation->samples);
        metrics.val_dice_coef = validation->dice_coef / val_batches;
        metrics.val_jaccard_similarity = validation->jaccard / val_batches;
    }
    return metrics;
}

}  // namespace

TrialRun::TrialRun(const TrialContext& context, const record::Assignment& assignment,
                   const unet::Hyperparameters& hyperparameters, record::TrialControl& control)
    : context_(context),
      assignment_(assignment),
      hyperparameters_(hyperparameters),
      control_(control),
      index_(context.patches(hyperparameters)),
      sample_weights_(data::sample_weights(index_, hyperparameters.modality_weight,
                                           hyperparameters.weight_factor)),
      identity_(identity(context, assignment)),
      agreement_(context.group.size()),
      callbacks_(hyperparameters, steps_per_epoch(index_, hyperparameters.batch_size),
                 context.metric),
      writer_(folder() / checkpoint_file_name),
      began_at_(core::unix_now()),
      saved_at_(core::steady_seconds()),
      steps_(steps_per_epoch(index_, hyperparameters.batch_size)) {
    if (index_.training().empty()) {
        throw core::UsageError(
            "there are no training samples: give more scans or a smaller "
            "--validation_split");
    }
}

std::filesystem::path TrialRun::folder() const {
    return context_.experiment_folder / record::trial_folder(assignment_.trial);
}

record::TrialResult TrialRun::run() {
    record::TrialResult result;
    result.trial = assignment_.trial;
    result.permutation = assignment_.permutation;
    result.started_at = assignment_.first_started_at > 0 ? assignment_.first_started_at : began_at_;
    result.rank = context_.world_rank;
    result.ranks = context_.group.size();
    result.num_gpus = context_.gpus;
    result.patch_size = index_.padded_text();
    result.notices = unet::warnings_for(hyperparameters_);
    try {
        make_engine();
        restore();
        while (!over()) {
            if (assignment_.until_epoch && epoch_ >= *assignment_.until_epoch) {
                throw PauseRequest{};
            }
            train_epoch();
            end_epoch();
        }
        finish(result);
    } catch (const PauseRequest&) {
        save();
        result.state = record::TrialState::paused;
    } catch (const GroupFailure&) {
        fail(result, "");
    } catch (const core::Error& error) {
        if (error.code() != core::ExitCode::trials_failed) throw;
        fail(result, error.problems().front());
    }
    result.history = history_;
    result.modality = modality_;
    result.ended_at = core::unix_now();
    result.duration = assignment_.spent_seconds + result.ended_at - began_at_;
    if (engine_) result.peak_memory_bytes = engine_->peak_memory();
    return result;
}

void TrialRun::make_engine() {
    std::string failure;
    try {
        core::fault_point("train.engine");
        engine_ = context_.make_engine(
            {.architecture = context_.architecture,
             .dataset = context_.dataset,
             .index = index_,
             .hyperparameters = hyperparameters_,
             .start_weights = context_.start_weights,
             .sample_weights = sample_weights_,
             .reducer = context_.reducer,
             .precision = context_.precision,
             .dropout_key = model::dropout_key(context_.seed, assignment_.trial),
             .sync_batch_norm = context_.options.sync_batch_norm,
             .deterministic = context_.options.deterministic});
    } catch (const std::bad_alloc&) {
        failure = "out of memory";
    } catch (const std::exception& error) {
        failure = error.what();
    }
    for (const auto& text : context_.group.all_gather(failure)) {
        if (!text.empty()) throw core::Error(core::ExitCode::trials_failed, text);
    }
}

void TrialRun::restore() {
    if (assignment_.checkpoint.empty()) return;
    const auto file = context_.experiment_folder / assignment_.checkpoint;
    std::string problem;
    try {
        Checkpoint c = read_checkpoint(file, context_.architecture.tensor_shapes());
        if (c.trial != assignment_.trial || c.identity != identity_) {
            throw core::InputError("'" + file.string() +
                                   "' belongs to another trial or to other data");
        }
        engine_->restore(c.engine, c.iterations);
        epoch_ = c.epoch;
        step_ = c.step;
        sums_ = c.sums;
        ended_ = c.ended;
        history_ = std::move(c.history);
        modality_ = std::move(c.modality);
        best_weights_ = std::move(c.best_weights);
        callbacks_.restore(c.callbacks);
    } catch (const std::exception& error) {
        problem = error.what();
    }
    for (const auto& text : context_.group.all_gather(problem)) {
        if (!text.empty()) throw core::InputError(text);
    }
}

void TrialRun::train_epoch() {
    const auto& group = context_.group;
    const auto sampler = data::BatchSampler::shuffled(
        index_.training(), static_cast<std::size_t>(hyperparameters_.batch_size), context_.seed,
        assignment_.trial, static_cast<std::uint64_t>(epoch_));
    while (step_ < steps_) {
        const double began = core::steady_seconds();
        const auto batch = static_cast<std::size_t>(step_);
        const auto global = static_cast<std::int64_t>(sampler.batch(batch).size());
        const std::int64_t step = epoch_ * steps_ + step_;
        const StepOutcome outcome = engine_->train(
            {.samples = sampler.batch(batch, group.rank(), group.size()),
             .first =
                 static_cast<std::int64_t>(sampler.share(batch, group.rank(), group.size()).begin),
             .global = global},
            step, callbacks_.learning_rate(step), agreement_.status());
        agreement_.learn(outcome.status);
        if (!std::isfinite(outcome.sums.weighted_loss)) {
            throw core::Error(core::ExitCode::trials_failed,
                              "the loss became NaN in epoch " + std::to_string(epoch_ + 1) +
                                  ", step " + std::to_string(step_ + 1) + " of " +
                                  std::to_string(steps_) +
                                  " (training diverged), try a smaller lr");
        }
        sums_.add(outcome.sums, global);
        ++step_;
        const double seconds = core::steady_seconds() - began;
        sums_.seconds += seconds;
        report_completed();
        agreement_.ask(control_.after_step({.trial = assignment_.trial,
                                            .epoch = epoch_,
                                            .step = step_ - 1,
                                            .steps = steps_,
                                            .seconds = seconds}));
        agreement_.check();
    }
}

void TrialRun::report_batch(std::int64_t batch, std::int64_t batches, double began) {
    agreement_.ask(control_.after_step({.trial = assignment_.trial,
                                        .epoch = epoch_,
                                        .step = batch,
                                        .steps = batches,
                                        .seconds = core::steady_seconds() - began}));
}

bool TrialRun::modality_every_epoch() const {
    return context_.options.modality_metrics == ModalityMetrics::every_epoch ||
           (is_modality_metric(context_.metric) &&
            (hyperparameters_.early_stopping || hyperparameters_.restore_best));
}

record::ModalityDice TrialRun::modalities() {
    double began = core::steady_seconds();
    return evaluate_modalities(*engine_, index_, hyperparameters_.batch_size, context_.group,
                               agreement_, [&](std::int64_t batch, std::int64_t batches) {
                                   report_batch(batch, batches, began);
                                   began = core::steady_seconds();
                               });
}

std::optional<double> TrialRun::chosen_metric(const record::EpochReport& report) const {
    if (!is_modality_metric(context_.metric)) {
        return record::metric(report.metrics, context_.metric);
    }
    return report.modality ? record::modality_metric(*report.modality, context_.metric)
                           : std::nullopt;
}

void TrialRun::end_epoch() {
    const double began = core::steady_seconds();
    record::EpochReport report;
    report.epoch = epoch_;
    report.learning_rate = callbacks_.learning_rate((epoch_ + 1) * steps_ - 1);
    std::optional<EpochSums> validation;
    if (!index_.validation().empty()) {
        double last = began;
        validation =
            evaluate(*engine_, index_.validation(), hyperparameters_.batch_size, context_.group,
                     agreement_, [&](std::int64_t batch, std::int64_t batches) {
                         report_batch(batch, batches, last);
                         last = core::steady_seconds();
                     });
    }
    report.metrics = metrics_of(sums_, validation);
    if (modality_every_epoch()) report.modality = modalities();
    report.seconds = sums_.seconds + core::steady_seconds() - began;
    report.samples_per_second =
        sums_.seconds > 0 ? static_cast<double>(sums_.samples) / sums_.seconds : 0;

    const auto decision = callbacks_.end_epoch(
        epoch_, chosen_metric(report), report.metrics.val_loss.value_or(report.metrics.loss));
    if (decision.improved && hyperparameters_.restore_best) best_weights_ = engine_->weights();
    ended_ = decision.stop;
    if (context_.options.modality_metrics == ModalityMetrics::every_epoch) {
        modality_.push_back({.epoch = epoch_, .dice = *report.modality});
    }
    history_.push_back(report);
    ++epoch_;
    step_ = 0;
    sums_ = {};

    const double minutes = (core::steady_seconds() - saved_at_) / 60;
    if (context_.group.is_root() && !over() && minutes >= context_.options.checkpoint_minutes) {
        try {
            writer_.start(snapshot());
        } catch (const core::Error& error) {
            core::log::warn(std::string("a checkpoint could not be written: ") + error.what());
        }
        saved_at_ = core::steady_seconds();
    }
    report_completed();
    agree_on_answer(control_.after_epoch(assignment_.trial, report));
}

void TrialRun::agree_on_answer(record::Answer answer) {
    agreement_.ask(answer);
    if (context_.group.size() > 1) {
        agreement_.learn(context_.group.all_reduce(agreement_.status(), comm::Operation::max));
    }
    // A trial whose epochs are complete has little left to do: it does it.
    if (!over()) agreement_.check();
}

void TrialRun::finish(record::TrialResult& result) {
    if (!best_weights_.empty()) {
        engine_->load_weights(best_weights_);
        result.best_epoch = callbacks_.state().best_epoch;
    }
    if (context_.options.modality_metrics != ModalityMetrics::every_epoch) {
        const std::int64_t epoch = result.best_epoch.value_or(epoch_ - 1);
        const auto& report = history_[static_cast<std::size_t>(epoch)];
        modality_ = {{.epoch = epoch, .dice = report.modality ? *report.modality : modalities()}};
    }
    result.state = record::TrialState::done;
    result.weights_file = record::trial_folder(assignment_.trial) + "/" + weights_file_name;
    result.history = history_;
    result.modality = modality_;
    write_on_leader([&] {
        try {
            writer_.finish();
        } catch (const core::Error& error) {
            core::log::warn(std::string("a checkpoint could not be written: ") + error.what());
        }
        const auto weights = engine_->weights();
        core::make_directories(folder());
        h5::write_keras_weights(folder() / weights_file_name,
                                h5::group_by_layer(context_.architecture.layer_names(), weights));
        look_at(result);
    });
    report_completed();
}

void TrialRun::look_at(const record::TrialResult& result) {
    if (!context_.after_training) return;
    const auto alive = [&] {
        agreement_.ask(control_.after_step({.trial = assignment_.trial, .epoch = epoch_}));
    };
    context_.after_training({.result = result,
                             .index = index_,
                             .engine = *engine_,
                             .batch_size = hyperparameters_.batch_size,
                             .alive = alive});
}

void TrialRun::save() {
    write_on_leader([&] {
        writer_.start(snapshot());
        writer_.finish();
    });
    report_completed();
}

void TrialRun::fail(record::TrialResult& result, const std::string& reason) {
    result.state = record::TrialState::failed;
    result.reason = reason;
    if (reason.empty()) {
        const auto failures = context_.group.all_gather(engine_->failure());
        for (std::size_t i = 0; i < failures.size() && result.reason.empty(); ++i) {
            if (failures[i].empty()) continue;
            result.reason = failures[i];
            if (failures.size() > 1) {
                result.reason += " (rank " + std::to_string(i) + " of the group)";
            }
        }
    }
}

Checkpoint TrialRun::snapshot() const {
    return {.trial = assignment_.trial,
            .identity = identity_,
            .epoch = epoch_,
            .step = step_,
            .sums = sums_,
            .iterations = engine_->iterations(),
            .engine = engine_->state(),
            .history = history_,
            .modality = modality_,
            .callbacks = callbacks_.state(),
            .best_weights = best_weights_,
            .ended = ended_};
}

void TrialRun::report_completed() {
    if (!context_.group.is_root()) return;
    try {
        if (const auto position = writer_.completed()) {
            control_.checkpoint_written(
                {.trial = assignment_.trial,
                 .file = record::trial_folder(assignment_.trial) + "/" + checkpoint_file_name,
                 .epoch = position->first,
                 .step = position->second});
        }
    } catch (const core::Error& error) {
        core::log::warn(std::string("a checkpoint could not be written: ") + error.what());
    }
}

template <class F>
void TrialRun::write_on_leader(F&& write) {
    std::string problem;
    if (context_.group.is_root()) {
        try {
            write();
        } catch (const std::exception& error) {
            problem = error.what();
        }
    }
    problem = context_.group.broadcast(problem);
    if (!problem.empty()) throw core::Error(core::ExitCode::failure, problem);
}

}  // namespace msunet::train
