// SPDX-License-Identifier: Apache-2.0
/// \file
/// How an extension's new trials are trained: which share a training, and which trainings go on
/// from the last checkpoint of one that has ended.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/event.hpp"
#include "msunet/train/options.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::plan {

/// What the decision depends on besides the sweep and its extension.
struct TrainingRules {
    /// The values of a permutation, defaults filled in.
    std::function<unet::Hyperparameters(const core::Permutation&)> values;
    /// What a trial's training depends on but for its end; nothing: it is trained alone.
    std::function<std::optional<std::string>(const unet::Hyperparameters&, record::TrialId)> key;
    /// Whether a file is there; relative to the experiment's folder.
    std::function<bool(const std::string&)> is_there;
    train::ModalityMetrics modality_metrics = train::ModalityMetrics::last;
};

/// The trainings of new trials.
struct NewTrainings {
    /// As record::SweepStart has it; only new trials.
    std::vector<std::vector<record::TrialId>> shared;
    std::vector<record::Continuation> continued;  ///< by the training's id
    /// Last checkpoints from which some would go on, whose files are not there; by name.
    std::vector<std::string> missing;
};

/// Each new trial goes on from the furthest checkpoint that gives it what it would get alone
/// (train::going_on_obstacle), together with the others that go on from there. Those for which
/// there is none share a training from its first epoch, which also serves others where that takes
/// fewer epochs in all. `extension` has its trials; its `shared` is that of `record`.
[[nodiscard]] NewTrainings new_trainings(const record::SweepRecord& record,
                                         const record::SweepExtended& extension,
                                         const TrainingRules& rules);

/// "2 permutations go on from checkpoints: 6 epochs instead of 16": what is left of those without
/// a result, from their newest checkpoints; "at most 6" where early stopping can end one before.
/// Empty where none goes on. `values` as in TrainingRules.
[[nodiscard]] std::string going_on_text(
    const record::SweepRecord& record,
    const std::function<unet::Hyperparameters(const core::Permutation&)>& values);

}  // namespace msunet::plan
