// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/going_on.hpp"

#include <algorithm>
#include <optional>

#include "msunet/core/text.hpp"
#include "msunet/record/metrics.hpp"
#include "msunet/train/callbacks.hpp"

namespace msunet::train {

namespace {

using core::concat;

/// The callbacks after these epochs, and the first after which this patience ends a trial, in
/// epochs that are complete; nothing where it ends none.
struct Replayed {
    Callbacks callbacks;
    std::optional<std::int64_t> stops_after{};
};

Replayed replay(const record::History& history, const unet::Hyperparameters& hyperparameters,
                const std::string& metric) {
    Replayed replayed{Callbacks(hyperparameters, 1, metric)};
    for (const auto& report : history) {
        replayed.callbacks.end_epoch(report.epoch, record::metric(report, metric),
                                     report.metrics.val_loss.value_or(report.metrics.loss));
        if (!replayed.stops_after &&
            replayed.callbacks.stops(hyperparameters.early_stopping, report.epoch + 1)) {
            replayed.stops_after = report.epoch + 1;
        }
    }
    return replayed;
}

/// Whether the history is what the permutation has alone, as far as both go.
bool has_what_is_needed(const record::History& history,
                        const unet::Hyperparameters& hyperparameters, ModalityMetrics when,
                        const std::string& metric) {
    return !has_modality_every_epoch(hyperparameters, when, metric) ||
           std::ranges::all_of(history,
                               [](const auto& report) { return report.modality.has_value(); });
}

}  // namespace

bool is_modality_metric(const std::string& metric) {
    const auto columns = record::modality_columns();
    return std::find(columns.begin(), columns.end(), metric) != columns.end();
}

bool has_modality_every_epoch(const unet::Hyperparameters& hyperparameters, ModalityMetrics when,
                              const std::string& metric) {
    return when == ModalityMetrics::every_epoch ||
           (is_modality_metric(metric) &&
            (hyperparameters.early_stopping || hyperparameters.restore_best));
}

bool has_epochs_after(const unet::Hyperparameters& hyperparameters, std::int64_t epochs) {
    return hyperparameters.lr_schedule != unet::LrSchedule::cosine ||
           epochs < hyperparameters.epochs;
}

std::int64_t best_epoch_of(const record::History& history, const std::string& metric) {
    return replay(history, {}, metric).callbacks.state().best_epoch;
}

std::int64_t epochs_beside(const EndOfTraining& end, const unet::Hyperparameters& hyperparameters,
                           ModalityMetrics when, const std::string& metric) {
    const auto epochs = hyperparameters.epochs;
    if (!has_what_is_needed(end.history, hyperparameters, when, metric)) return epochs;
    const auto stops_after = replay(end.history, hyperparameters, metric).stops_after;
    return stops_after ? std::min(epochs, *stops_after) : epochs;
}

std::string going_on_obstacle(const EndOfTraining& end,
                              const unet::Hyperparameters& hyperparameters, ModalityMetrics when,
                              const std::string& metric) {
    const auto epochs = std::ssize(end.history);
    if (hyperparameters.epochs < epochs) {
        return concat("it has ", epochs, " epochs, more than ", hyperparameters.epochs);
    }
    if (!has_what_is_needed(end.history, hyperparameters, when, metric)) {
        return "it lacks Dice by modality after some epoch";
    }
    const auto replayed = replay(end.history, hyperparameters, metric);
    if (replayed.stops_after && *replayed.stops_after < epochs) {
        return concat("early stopping would have ended it after ", *replayed.stops_after, " of ",
                      epochs, " epochs");
    }
    const auto best = replayed.callbacks.state().best_epoch;
    if (hyperparameters.restore_best && best >= end.best_kept_until) {
        return concat("it lacks the weights of its best epoch, ", best + 1);
    }
    return {};
}

}  // namespace msunet::train
