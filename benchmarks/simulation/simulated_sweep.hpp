// SPDX-License-Identifier: Apache-2.0
/// \file
/// A sweep in simulated time: the program's own scheduler, strategies and state machines of
/// dispatcher and leaders, with a clock, costs and metrics that are given instead of training.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/scheduler.hpp"

namespace msunet::simulation {

/// What training would give.
struct Workload {
    /// Epochs of a trial.
    std::function<std::int64_t(record::TrialId)> epochs;
    /// Seconds of one epoch (from 0) of a trial.
    std::function<double(record::TrialId, std::int64_t epoch)> seconds;
    /// Validation Dice after an epoch (from 0) of a trial.
    std::function<double(record::TrialId, std::int64_t epoch)> dice;
    /// What the scheduler knows of a trial's length, in any unit; empty: nothing.
    std::function<double(record::TrialId)> cost;
    sweep::SearchRules rules;
};

/// A file system that all groups share, and what they put there.
struct FileSystem {
    double bandwidth = 0;         ///< bytes a second of all together; 0: files cost nothing
    double stream_bandwidth = 0;  ///< of one reader or writer; 0: no limit of its own
    double file_seconds = 0;      ///< to create or open a file and bring its end to the disk
    double sync_seconds = 0;      ///< of an fsync of the journal
    double sync_interval = 1;     ///< least seconds between two of them; 0: one for each line
    double checkpoint_bytes = 0;
    double result_bytes = 0;  ///< files of a trial that has ended
};

/// When checkpoints are written beside training.
struct Checkpoints {
    double interval = 60;  ///< seconds from one to the next
    /// Least part of the time between two that the first one's writing leaves free, as a multiple
    /// of it. 0: one that is due waits, and training with it, until the one before is complete.
    double patience = 0;
};

/// What the program runs on. Times are in seconds.
struct Cluster {
    sweep::GroupId groups = 1;
    double latency = 0;       ///< of a message
    double look_seconds = 0;  ///< between two looks of rank 0, which trains, for messages
    double service = 0;       ///< of rank 0 for each message to the dispatcher
    double write = 0;         ///< of rank 0 for each line of the journal
    FileSystem files;
    Checkpoints checkpoints;
    double group_mtbf = 0;       ///< mean time between failures of a group's node; 0: none
    double requeue_seconds = 0;  ///< from a failure to the next start of the job
    double start_seconds = 0;    ///< of a start, before it trains
    std::uint64_t seed = 1;      ///< of the failures
};

/// The best last epoch of a trial that was trained to its end, when so many epochs had been trained
/// by all trials together.
struct BestSoFar {
    std::int64_t epochs = 0;
    double seconds = 0;
    double dice = 0;
};

/// What a sweep cost.
struct Outcome {
    double seconds = 0;            ///< from the first start to the end
    double start_seconds = 0;      ///< of them, in queue and start
    double training_seconds = 0;   ///< sum over groups, of training that was kept
    double lost_seconds = 0;       ///< sum over groups, of training that a failure undid
    double waited_seconds = 0;     ///< sum over groups, for files
    double unserved_seconds = 0;   ///< sum over groups, without a trial before they get one
    double rank0_seconds = 0;      ///< busy with messages and journal
    double longest_queue = 0;      ///< seconds that a message has waited for rank 0, at most
    std::int64_t epochs = 0;       ///< trained and kept
    std::int64_t starts = 0;       ///< of the job
    std::vector<BestSoFar> trace;  ///< in the order of time
};

/// Simulates until the sweep is over. `start` names grid, trials and metric.
[[nodiscard]] Outcome simulate(const record::SweepStart& start, const Workload& workload,
                               const Cluster& cluster);

}  // namespace msunet::simulation
