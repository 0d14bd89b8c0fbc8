// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "msunet/dispatch/messages.hpp"

namespace msunet::dispatch {

/// Send this to the dispatcher.
struct Report {
    ToDispatcher message;
};
/// Send this to every member of the group.
struct Instruct {
    ToMember message;
};
/// Train this trial, then call `trained`.
struct StartTraining {
    record::Assignment assignment;
};

using LeaderAction = std::variant<Report, Instruct, StartTraining>;
using LeaderActions = std::vector<LeaderAction>;

/// What the leader of a group does: a state machine without MPI, clock or training. Each call is an
/// event and returns the actions to carry out, in this order.
class LeaderMachine {
public:
    /// The sweep begins: asks for the first trial.
    [[nodiscard]] LeaderActions begin();
    /// A message of the dispatcher has come.
    [[nodiscard]] LeaderActions receive(const ToLeader& message);
    /// A signal that asks for a stop has reached this rank. Later calls have no effect.
    [[nodiscard]] LeaderActions receive_signal();
    /// The group trains nothing: starts the next trial if there is one.
    [[nodiscard]] LeaderActions start_next();

    // While a trial is trained

    [[nodiscard]] LeaderActions epoch_ended(const record::EpochReport& report);
    [[nodiscard]] LeaderActions checkpoint_saved(const record::CheckpointReport& checkpoint);
    [[nodiscard]] LeaderActions end_reached(const record::TrialResult& result);
    /// Training has returned after `seconds`; every end that it reached was reported before.
    [[nodiscard]] LeaderActions trained(const record::Trained& trained, double seconds);
    /// Whether training is to go on.
    [[nodiscard]] record::Answer answer() const;

    /// The sweep is over: the group trains nothing more.
    [[nodiscard]] bool is_over() const { return over_; }
    /// The group leaves after the sweep is over.
    [[nodiscard]] LeaderActions leave() const;

private:
    void return_waiting(LeaderActions& actions);

    std::deque<record::Assignment> waiting_;
    std::optional<record::Assignment> training_;
    bool stopping_ = false;  ///< training is to be paused
    bool signalled_ = false;
    bool over_ = false;
};

}  // namespace msunet::dispatch
