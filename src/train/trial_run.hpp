// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "msunet/data/batch_sampler.hpp"
#include "msunet/train/callbacks.hpp"
#include "msunet/train/checkpoint.hpp"
#include "msunet/train/trainer.hpp"
#include "train/end_reports.hpp"
#include "train/evaluation.hpp"
#include "train/group_control.hpp"
#include "train/trial_checkpoints.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

/// Runs one training: from its start or a checkpoint through the epochs to the weights of each
/// permutation that it serves. One object a call of `run_trial`; all ranks of the group make and
/// use it alike.
class TrialRun {
public:
    TrialRun(const TrialSetup& setup, EndReports& reports, record::TrialControl& control);

    /// Collective over the group: true when every end was reached and reported, false when it
    /// paused with a checkpoint. Throws TrialFailure; core::Error on every rank where files can't
    /// be written.
    bool run();
    /// What was trained so far for a permutation without a result.
    void describe(record::TrialResult& result) const;
    /// What was trained so far, for record::Trained.
    [[nodiscard]] record::TrialResult so_far() const;
    /// Whether the assignment's `until_epoch` is reached, and no end that is due is left.
    [[nodiscard]] bool at_until() const;
    /// Waits for a checkpoint that is being written.
    void finish_checkpoints() { checkpoints_.finish(); }

private:
    void make_engine();
    void restore();
    /// Collective over the group, as are the next three: false where it agreed to pause.
    bool train_epoch();
    bool end_epoch();
    /// Gives every permutation whose end is reached its result.
    bool finish_ends();
    bool finish(const EndSetup& end);

    /// Evaluates the network after an epoch's steps; nothing where the group agreed to pause.
    std::optional<record::EpochReport> evaluate_epoch();
    /// Adds the epoch to the history and decides what follows from it.
    void add_epoch(const record::EpochReport& report);
    void train_step(const data::BatchSampler& sampler);

    /// Whether the training has come to a permutation's last epoch.
    [[nodiscard]] bool is_due(const EndSetup& end) const;
    /// Whether nothing is left but to give the permutations their results.
    [[nodiscard]] bool over() const;
    [[nodiscard]] bool modality_after_epoch() const;
    /// Whether this permutation alone would have Dice by modality in its history.
    [[nodiscard]] bool has_modality(const EndSetup& end) const;
    /// Whether others may go on from the state after the last epoch.
    [[nodiscard]] bool keeps_last_checkpoint() const;
    [[nodiscard]] std::vector<const EndSetup*> ends_left() const;

    /// Collective over the group, as is the next: the result of an end, for which the engine holds
    /// the weights of epoch `number`. False where it agreed to pause.
    bool conclude(const EndSetup& end, std::int64_t number);
    /// Writes the weights, and what the context's `files` add.
    void write_files(const EndSetup& end, record::TrialResult& result);
    [[nodiscard]] Evaluation evaluation() { return {setup_, *engine_, control_}; }

    const TrialSetup& setup_;
    EndReports& reports_;
    GroupControl control_;
    TrialCheckpoints checkpoints_;
    Callbacks callbacks_;
    std::unique_ptr<StepEngine> engine_;
    Progress progress_;
    std::optional<record::ModalityRow> evaluated_;  ///< at the end that was concluded last
};

}  // namespace msunet::train
