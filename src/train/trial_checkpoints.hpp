// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "msunet/train/checkpoint.hpp"
#include "train/group_control.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

/// The checkpoints of one training: reads the one that it continues from, writes new ones where
/// they are due, reports those that are on disk. The group's leader writes.
class TrialCheckpoints {
public:
    TrialCheckpoints(const TrialSetup& setup, GroupControl& control);

    /// Whether the assignment's checkpoint is the last one of another training.
    [[nodiscard]] bool goes_on_from_another() const;
    /// Collective over the group: engine and progress of the assignment's checkpoint. Where a rank
    /// can't use it: the reason, on every rank; the engine is then to be made again.
    [[nodiscard]] std::string restore(StepEngine& engine, Progress& progress) const;
    /// Begins to write one beside training if --checkpoint_minutes have passed since the last and
    /// the file system keeps up (CheckpointWriter::is_due).
    void save_if_due(const StepEngine& engine, const Progress& progress);
    /// Likewise between two steps of an epoch; with --checkpoint_minutes 0 none is saved there.
    void save_within_epoch_if_due(const StepEngine& engine, const Progress& progress);
    /// Begins to write one beside what follows.
    void save_now(const StepEngine& engine, const Progress& progress);
    /// Collective over the group: one that is on disk when it returns. Throws core::Error on every
    /// rank where it can't be written.
    void save(const StepEngine& engine, const Progress& progress);
    /// Reports to the control a checkpoint that has come to the disk since the last call.
    void report_completed();
    /// Reports the one that was restored, if it is the training's own: whoever saved it may have
    /// been killed before saying so.
    void report_restored(const Progress& progress);
    /// Waits for the one that is being written.
    void finish();

private:
    /// Runs `part`; what it throws is a warning, the same one only once until a checkpoint is on
    /// disk again.
    template <class Part>
    void warn_on_failure(Part&& part);
    /// One that is on disk.
    void report(std::int64_t epoch, std::int64_t step);
    [[nodiscard]] Checkpoint snapshot(const StepEngine& engine, const Progress& progress) const;
    /// Why the training can't be resumed from, or go on from, a checkpoint; empty where it can.
    [[nodiscard]] std::string problem_of(const Checkpoint& checkpoint) const;
    [[nodiscard]] std::string problem_of_another(const Checkpoint& checkpoint) const;

    const TrialSetup& setup_;
    GroupControl& control_;
    std::string identity_;
    std::string network_;
    CheckpointWriter writer_;
    double saved_at_;
    std::string problem_;  ///< the last one that was told
};

}  // namespace msunet::train
