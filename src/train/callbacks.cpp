// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/callbacks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "msunet/record/ranking.hpp"

namespace msunet::train {

using unet::LrSchedule;

namespace {

// Defaults of keras.callbacks.ReduceLROnPlateau.
constexpr double plateau_factor = 0.1;
constexpr double plateau_delta = 1e-4;

}  // namespace

Callbacks::Callbacks(const unet::Hyperparameters& hyperparameters, std::int64_t steps_per_epoch,
                     std::string metric)
    : schedule_(hyperparameters.lr_schedule),
      lr_(hyperparameters.lr),
      total_steps_(static_cast<double>(hyperparameters.epochs * steps_per_epoch)),
      metric_(std::move(metric)) {
    state_.plateau_best = std::numeric_limits<double>::infinity();
}

double Callbacks::learning_rate(std::int64_t step) const {
    switch (schedule_) {
        case LrSchedule::cosine: {
            const double share = std::min(static_cast<double>(step), total_steps_) / total_steps_;
            return lr_ * (1 + std::cos(std::numbers::pi * share)) / 2;
        }
        case LrSchedule::plateau:
            return lr_ * state_.plateau_factor;
        case LrSchedule::constant:
            break;
    }
    return lr_;
}

bool Callbacks::end_epoch(std::int64_t epoch, std::optional<double> metric, double plateau_loss) {
    if (schedule_ == LrSchedule::plateau) {
        if (plateau_loss < state_.plateau_best - plateau_delta) {
            state_.plateau_best = plateau_loss;
            state_.plateau_wait = 0;
        } else if (++state_.plateau_wait >= unet::plateau_patience) {
            state_.plateau_factor *= plateau_factor;
            state_.plateau_wait = 0;
        }
    }
    ++state_.wait;
    const bool improved =
        metric && !std::isnan(*metric) &&
        (state_.best_epoch < 0 || record::is_better(*metric, state_.best, metric_));
    if (improved) {
        state_.best = *metric;
        state_.best_epoch = epoch;
        state_.wait = 0;
    }
    return improved;
}

}  // namespace msunet::train
