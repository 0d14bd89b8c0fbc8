// SPDX-License-Identifier: Apache-2.0
/// \file
/// Learning-rate schedule, early stopping and the best epoch, as Keras's callbacks decide them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "msunet/unet/hyperparameters.hpp"

namespace msunet::train {

/// What happens at the ends of a training's epochs. Pure: the same metrics give the same decisions.
/// All permutations that a training serves have the same best epoch so far, as they have the same
/// epochs; only their patience differs.
///
/// - `constant`: `lr`.
/// - `cosine`: keras.optimizers.schedules.CosineDecay over all steps of the training, α 0:
///   lr · (1 + cos(π·step/steps)) / 2.
/// - `plateau`: keras.callbacks.ReduceLROnPlateau on the validation loss (without validation data
///   the loss), factor 0.1, patience 10, min_delta 1e-4, cooldown 0, min_lr 0: Keras's defaults.
/// - Early stopping: keras.callbacks.EarlyStopping on the chosen metric with patience N,
///   min_delta 0.
class Callbacks {
public:
    /// Decisions so far; part of a checkpoint.
    struct State {
        double plateau_factor = 1;
        double plateau_best = 0;
        std::int64_t plateau_wait = 0;
        double best = 0;
        std::int64_t best_epoch = -1;  ///< from 0; −1: none yet
        std::int64_t wait = 0;

        bool operator==(const State&) const = default;
    };

    /// `metric`: the name of the metric that early stopping and the best epoch follow.
    Callbacks(const unet::Hyperparameters& hyperparameters, std::int64_t steps_per_epoch,
              std::string metric);

    /// The learning rate of a step, counted from the start of the training, from 0.
    [[nodiscard]] double learning_rate(std::int64_t step) const;

    /// Returns whether the metric is better than in every epoch before. `metric`: of the best
    /// epoch; none where it is not taken every epoch. `plateau_loss`: what the plateau schedule
    /// follows.
    bool end_epoch(std::int64_t epoch, std::optional<double> metric, double plateau_loss);

    /// Whether early stopping with this patience ends a trial after so many epochs.
    [[nodiscard]] bool stops(std::optional<std::int64_t> patience, std::int64_t epochs) const {
        return patience && state_.wait >= *patience && epochs > 1;
    }

    [[nodiscard]] const State& state() const { return state_; }
    void restore(const State& state) { state_ = state; }

private:
    unet::LrSchedule schedule_;
    double lr_;
    double total_steps_;
    std::string metric_;
    State state_;
};

}  // namespace msunet::train
