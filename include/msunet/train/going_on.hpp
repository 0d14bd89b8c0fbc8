// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether a permutation can go on from the state in which another one's training ended, so that it
/// gets what it would get if it were trained alone. No torch in this header.
#pragma once

#include <cstdint>
#include <string>

#include "msunet/record/trial.hpp"
#include "msunet/train/options.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::train {

/// Whether `metric` is a column of the modality file.
[[nodiscard]] bool is_modality_metric(const std::string& metric);

/// Whether a permutation that is trained alone has Dice by modality after each epoch: because it is
/// asked for, or because its early stopping or best epoch follow it.
[[nodiscard]] bool has_modality_every_epoch(const unet::Hyperparameters& hyperparameters,
                                            ModalityMetrics when, const std::string& metric);

/// What a training has come to when its last epoch is complete.
struct EndOfTraining {
    const record::History& history;
    /// Epochs during which it kept the weights of the best one so far (`restore_best`).
    std::int64_t best_kept_until = 0;
};

/// Whether a training that came to its end after so many epochs can be of use to another one: a
/// learning rate that depends on `epochs` has nothing after them.
[[nodiscard]] bool has_epochs_after(const unet::Hyperparameters& hyperparameters,
                                    std::int64_t epochs);

/// The epochs, from 0, whose metric is better than in all before: the last of them; -1 where there
/// is none.
[[nodiscard]] std::int64_t best_epoch_of(const record::History& history, const std::string& metric);

/// The epochs that a permutation is trained at most: its `epochs`, or fewer where early stopping
/// ends it within the history of a training that agrees with it in unet::training_values.
[[nodiscard]] std::int64_t epochs_beside(const EndOfTraining& end,
                                         const unet::Hyperparameters& hyperparameters,
                                         ModalityMetrics when, const std::string& metric);

/// Why a permutation can't go on from the end of a training that agrees with it in
/// unet::training_values: it would have ended before, or would have needed what that one did not
/// keep. One line without a full stop; empty where it can.
[[nodiscard]] std::string going_on_obstacle(const EndOfTraining& end,
                                            const unet::Hyperparameters& hyperparameters,
                                            ModalityMetrics when, const std::string& metric);

}  // namespace msunet::train
