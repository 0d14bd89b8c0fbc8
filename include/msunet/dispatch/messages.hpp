// SPDX-License-Identifier: Apache-2.0
/// \file
/// The messages between the dispatcher (on rank 0), the leaders of the groups and their members.
/// Each travels as JSON text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "msunet/record/control.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::dispatch {

using codec::Is;

// From a leader to the dispatcher

/// The group can take one more trial.
struct Ready {
    static constexpr std::string_view name = "ready";
};
/// The group runs this training from now on. Here and below `trial` is a training's id.
struct Started {
    static constexpr std::string_view name = "started";
    record::TrialId trial = 0;
    std::string checkpoint;  ///< it is resumed from; empty: none
};
/// An epoch has ended.
struct EpochEnded {
    static constexpr std::string_view name = "epoch";
    record::TrialId trial = 0;
    record::EpochReport report;
};
/// A checkpoint is on disk.
struct CheckpointSaved {
    static constexpr std::string_view name = "checkpoint";
    record::CheckpointReport checkpoint;
};
/// A permutation has its result; its training goes on while others of it have none.
struct Ended {
    static constexpr std::string_view name = "ended";
    record::TrialResult result;
};
/// A trial was paused with a checkpoint.
struct Paused {
    static constexpr std::string_view name = "paused";
    record::TrialId trial = 0;
    /// Set at its `until_epoch`: what was trained so far. Nothing: because of a stop.
    std::optional<record::TrialResult> reached;
    double seconds = 0;  ///< spent on it since it was started
};
/// The group gives back a trial that it has not started.
struct Returned {
    static constexpr std::string_view name = "returned";
    record::TrialId trial = 0;
};
/// A signal that asks for a stop has reached the group.
struct SignalReceived {
    static constexpr std::string_view name = "signal";
};
/// The group trains nothing any more. Its last message.
struct Left {
    static constexpr std::string_view name = "left";
};

using ToDispatcher = std::variant<Ready, Started, EpochEnded, CheckpointSaved, Ended, Paused,
                                  Returned, SignalReceived, Left>;

// From the dispatcher to a leader

/// Train this trial.
struct Assign {
    static constexpr std::string_view name = "assign";
    record::Assignment assignment;
};
/// Give back this trial unless it has started.
struct Recall {
    static constexpr std::string_view name = "recall";
    record::TrialId trial = 0;
};
/// Start nothing more.
struct Drain {
    static constexpr std::string_view name = "drain";
};
/// Pause what is trained, with a checkpoint, and start nothing more.
struct Stop {
    static constexpr std::string_view name = "stop";
};
/// The sweep is over.
struct End {
    static constexpr std::string_view name = "end";
};

using ToLeader = std::variant<Assign, Recall, Drain, Stop, End>;

// From a leader to the members of its group

/// Train this trial together with the leader.
struct Train {
    static constexpr std::string_view name = "train";
    record::Assignment assignment;
};
/// The sweep is over.
struct Dismiss {
    static constexpr std::string_view name = "dismiss";
};

using ToMember = std::variant<Train, Dismiss>;

template <class T>
concept WithoutMembers = Is<T, Ready> || Is<T, SignalReceived> || Is<T, Drain> || Is<T, Stop> ||
    Is<T, End> || Is<T, Dismiss> || Is<T, Left>;

template <class Archive, WithoutMembers T>
void fields(Archive& /*archive*/, T& /*value*/) {}

template <class Archive, Is<Started> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive.optional("checkpoint", value.checkpoint);
}

template <class Archive, Is<EpochEnded> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("report", value.report);
}

template <class Archive, Is<CheckpointSaved> T>
void fields(Archive& archive, T& value) {
    fields(archive, value.checkpoint);
}

template <class Archive, Is<Ended> T>
void fields(Archive& archive, T& value) {
    archive("result", value.result);
}

template <class Archive, Is<Paused> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive.optional("reached", value.reached);
    archive("seconds", value.seconds);
}

template <class Archive, class T>
requires Is<T, Returned> || Is<T, Recall>
void fields(Archive& archive, T& value) { archive("trial", value.trial); }

template <class Archive, class T>
requires Is<T, Assign> || Is<T, Train>
void fields(Archive& archive, T& value) { archive("assignment", value.assignment); }

}  // namespace msunet::dispatch

namespace msunet::codec {

template <>
struct Tag<dispatch::ToDispatcher> {
    static constexpr std::string_view key = "message";
};
template <>
struct Tag<dispatch::ToLeader> {
    static constexpr std::string_view key = "message";
};
template <>
struct Tag<dispatch::ToMember> {
    static constexpr std::string_view key = "message";
};

}  // namespace msunet::codec
