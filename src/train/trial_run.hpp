// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "msunet/data/batch_sampler.hpp"
#include "msunet/train/callbacks.hpp"
#include "msunet/train/checkpoint.hpp"
#include "msunet/train/trainer.hpp"
#include "train/evaluation.hpp"
#include "train/group_control.hpp"
#include "train/trial_checkpoints.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

/// Trains one trial: from its start or a checkpoint through the epochs to its weights. One object a
/// call of `run_trial`; all ranks of the group make and use it alike.
class TrialRun {
public:
    TrialRun(const TrialSetup& setup, record::TrialControl& control);

    /// Collective over the group: `done` or `paused`. Throws TrialFailure.
    record::TrialState run();
    /// What was trained so far, for the result, however the trial ended.
    void describe(record::TrialResult& result) const;
    /// Collective over the group, after `run` said `done`: writes the weights, and what the
    /// context's `files` add. Throws core::Error on every rank where they can't be written.
    void write_files(record::TrialResult& result);

private:
    void make_engine();
    void restore();
    /// Collective over the group, as are the next two: false where it agreed to pause.
    bool train_epoch();
    bool end_epoch();
    bool finish();

    /// Evaluates the network after an epoch's steps; nothing where the group agreed to pause.
    std::optional<record::EpochReport> evaluate_epoch();
    /// Adds the epoch to the history and decides what follows from it.
    void add_epoch(const record::EpochReport& report);
    void train_step(const data::BatchSampler& sampler);
    [[nodiscard]] bool over() const;
    [[nodiscard]] bool modality_after_epoch() const;
    [[nodiscard]] Evaluation evaluation() { return {setup_, *engine_, control_}; }

    const TrialSetup& setup_;
    GroupControl control_;
    TrialCheckpoints checkpoints_;
    Callbacks callbacks_;
    std::unique_ptr<StepEngine> engine_;
    Progress progress_;
};

}  // namespace msunet::train
