// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the dispatcher (rank 0), the leaders of the worker groups and their members tell each
/// other. Every message is text; which one it is says its MPI tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/record/control.hpp"

namespace msunet::app {

/// The kinds of messages.
enum class Tag : int {
    // leader to dispatcher
    ready = 1,   ///< can take one more trial
    begun,       ///< trains a trial from now on; payload: Begun
    epoch,       ///< an epoch has ended; payload: EpochNews
    checkpoint,  ///< payload: record::CheckpointReport
    ended,       ///< payload: record::TrialResult
    set_aside,   ///< payload: SetAside
    returned,    ///< gives back a trial that it has not begun; payload: its id
    stop_seen,   ///< a signal reached this group
    left,        ///< the group has ended; payload: seconds it had no work
    // dispatcher to leader
    assign,  ///< payload: record::Assignment
    recall,  ///< give back this trial if not begun; payload: its id
    drain,   ///< begin nothing more
    stop,    ///< set aside what you train
    end,     ///< no more work
    // leader to members
    run,      ///< payload: record::Assignment
    dismiss,  ///< no more work
};

/// A trial has begun.
struct Begun {
    record::TrialId trial = 0;
    std::string checkpoint;  ///< it goes on from; empty: none
};

/// An epoch of a trial.
struct EpochNews {
    record::TrialId trial = 0;
    record::EpochReport report;
};

/// A trial was set aside with a checkpoint.
struct SetAside {
    record::TrialId trial = 0;
    bool reached_until = false;  ///< at its `until_epoch`, not because of a stop
    std::optional<record::EpochReport> last;
    double seconds = 0;  ///< spent on it since it began
};

std::string encode(const Begun& message);
std::string encode(const EpochNews& message);
std::string encode(const SetAside& message);
std::string encode_trial(record::TrialId trial);

Begun decode_begun(std::string_view text);
EpochNews decode_epoch_news(std::string_view text);
SetAside decode_set_aside(std::string_view text);
record::TrialId decode_trial(std::string_view text);

}  // namespace msunet::app
