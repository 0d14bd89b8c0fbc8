// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a group is assigned, and what its trainer reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::record {

/// Where a training ends for one of its permutations: at its `epochs`, or by early stopping.
struct TrainingEnd {
    TrialId trial = 0;
    core::Permutation permutation;

    bool operator==(const TrainingEnd&) const = default;
};

/// A training for a group, and how far to go.
struct Assignment {
    TrialId trial = 0;              ///< the training's id
    std::vector<TrainingEnd> ends;  ///< of the permutations without a result, at least one
    std::optional<std::int64_t> until_epoch;  ///< pause after so many epochs; nothing: to the end
    std::string checkpoint;    ///< to resume from, relative to the experiment's folder; empty: none
    double spent_seconds = 0;  ///< on earlier starts of the training
    double checkpoint_seconds = 0;  ///< on the other training that it goes on from, if it does
    double first_started_at = 0;    ///< unix seconds of its first start; 0: now

    bool operator==(const Assignment&) const = default;
};

/// What a trainer did with an assignment.
struct Trained {
    /// Where it paused with a checkpoint: what was trained so far, under the training's id, with
    /// the first permutation that is left. Nothing: every end was reached.
    std::optional<TrialResult> paused;
    bool at_until = false;  ///< it paused at its `until_epoch`, and no end that it reached is left
};

/// What a trainer does next. `pause` and `stop` both end with a checkpoint: `pause` because another
/// trial has priority, `stop` because the whole sweep stops.
enum class Answer : std::uint8_t { go_on, pause, stop };

/// A training step that has just ended.
struct StepReport {
    TrialId trial = 0;       ///< the training's id, as in the next
    std::int64_t epoch = 0;  ///< from 0
    std::int64_t step = 0;   ///< within the epoch, from 0
    std::int64_t steps = 0;  ///< of the epoch
    double seconds = 0;      ///< wall time of the step
};

/// A checkpoint that is complete on disk.
struct CheckpointReport {
    TrialId trial = 0;
    std::string file;        ///< relative to the experiment's folder
    std::int64_t epoch = 0;  ///< epochs complete
    std::int64_t step = 0;   ///< steps complete within the next one

    bool operator==(const CheckpointReport&) const = default;
};

/// How the trainer reports and asks whether to go on; called on every rank of the group. The
/// answers of `after_step` and `after_epoch` may differ between ranks; the group agrees on the
/// largest in its reductions. Implementations must not communicate within the group.
class TrialControl {
public:
    virtual ~TrialControl() = default;

    /// After every training step and after every validation batch.
    virtual Answer after_step(const StepReport& report) = 0;
    /// After every epoch, its validation included.
    virtual Answer after_epoch(TrialId trial, const EpochReport& report) = 0;
    /// After a checkpoint has been written; on the group's leader alone.
    virtual void checkpoint_written(const CheckpointReport& report) = 0;
    /// A permutation has its result (done, failed or pca) and its files; training may go on for
    /// others.
    virtual void end_reached(const TrialResult& result) = 0;

protected:
    TrialControl() = default;
    TrialControl(const TrialControl&) = default;
    TrialControl& operator=(const TrialControl&) = default;
};

}  // namespace msunet::record
