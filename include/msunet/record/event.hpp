// SPDX-License-Identifier: Apache-2.0
/// What a journal's lines say.
#pragma once

#include <string>
#include <variant>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// A trial was handed to a group. The checkpoint is the one it goes on from, empty for none.
struct TrialStarted {
    TrialId trial = 0;
    std::int64_t rank = 0;
    std::string checkpoint;
    double at = 0;
};

/// A checkpoint is on disk.
struct CheckpointSaved {
    CheckpointReport checkpoint;
    double at = 0;
};

/// An epoch ended (optional lines: a report draws curves of running trials from them).
struct EpochFinished {
    TrialId trial = 0;
    EpochReport report;
    double at = 0;
};

/// A trial was set aside with a checkpoint.
struct TrialPaused {
    TrialId trial = 0;
    double at = 0;
};

/// A trial has its result: done, pca, or failed.
struct TrialFinished {
    TrialResult result;
    double at = 0;
};

/// A group left the sweep while the program lives on; its trial goes back to the queue.
struct TrialLost {
    TrialId trial = 0;
    std::string reason;
    double at = 0;
};

/// A failed trial's result is set aside, so that it runs again (`--retry_failed`).
struct TrialRetried {
    TrialId trial = 0;
    double at = 0;
};

/// Sign of life.
struct Heartbeat {
    Owner owner;
    double at = 0;
};

/// The program ended in order before the sweep did.
struct Stopped {
    StopReason reason = StopReason::signal;
    double at = 0;
};

/// A later start took the sweep up.
struct Resumed {
    Owner owner;
    World world;
    double at = 0;
};

/// All trials have results and every file is written: nothing is left to do.
struct Finished {
    double at = 0;
};

/// One line of the journal.
using Event =
    std::variant<SweepStart, TrialStarted, CheckpointSaved, EpochFinished, TrialPaused,
                 TrialFinished, TrialLost, TrialRetried, Heartbeat, Stopped, Resumed, Finished>;

/// Brings a record up to date with an event. `Resumed` after a start without an end counts a death
/// for every trial that ran then. Throws core::InputError where the event can't follow: a trial
/// that isn't part of the sweep, or anything before the start.
void update(SweepRecord& record, const Event& event);

}  // namespace msunet::record
