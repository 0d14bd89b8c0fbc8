// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "msunet/dispatch/messages.hpp"
#include "msunet/sweep/scheduler.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::dispatch {

/// What ends a sweep early. Times are Unix seconds.
struct SweepLimits {
    std::optional<double> time_limit;   ///< no trial starts after it
    std::optional<double> stop_before;  ///< all trials are paused then
    std::optional<sweep::PerformanceTarget> target;
};

/// Send this to a group's leader.
struct Order {
    sweep::GroupId group = 0;
    ToLeader message;
};
/// Write this to the journal.
struct Write {
    record::Event event;
};

using DispatcherAction = std::variant<Order, Write>;
using DispatcherActions = std::vector<DispatcherAction>;

/// What the dispatcher does: a state machine without MPI, clock or journal. Each call is an event
/// at the time `now` (Unix seconds) and returns the actions to carry out, in this order: what a
/// decision follows from is written to the journal before the decision is sent.
class DispatcherMachine {
public:
    /// `record` as it is before training begins. `leaders`: each group's leader as a rank of the
    /// world, by group.
    DispatcherMachine(const record::SweepRecord& record, std::vector<int> leaders,
                      sweep::Scheduler scheduler, SweepLimits limits, double now);

    /// The sweep begins.
    [[nodiscard]] DispatcherActions begin(double now);
    /// A message of a group's leader has come.
    [[nodiscard]] DispatcherActions receive(sweep::GroupId group, const ToDispatcher& message,
                                            double now);
    /// A signal that asks for a stop has reached the dispatcher's rank.
    [[nodiscard]] DispatcherActions receive_signal(double now);
    /// Time has passed: writes heartbeats and applies the limits.
    [[nodiscard]] DispatcherActions pass_time(double now);

    /// All groups have left.
    [[nodiscard]] bool is_over() const { return left_ == leaders_.size(); }
    /// How the sweep ended; meaningful once it is over.
    [[nodiscard]] sweep::Ending ending() const { return ending_; }
    /// Why it was stopped, if it was.
    [[nodiscard]] std::optional<record::StopReason> stop_reason() const { return stop_reason_; }
    /// World rank of a group's leader, by group.
    [[nodiscard]] const std::vector<int>& leaders() const { return leaders_; }

private:
    void write(record::Event event);
    void tell_scheduler(const sweep::SchedulerEvent& event);
    void carry_out(const std::vector<sweep::SchedulerAction>& actions);
    void send_to_all(const ToLeader& message);
    void pause(sweep::GroupId group, const Paused& message);
    /// Writes what the journal lacks of a trial's epochs, since their reports got lost in a kill.
    void complete_history(const record::TrialResult& reached);
    void fail_untrained(const sweep::FailTrial& action);
    void stop_training(record::TrialId training);
    [[nodiscard]] record::TrialResult stopped_result(record::TrialId training) const;
    /// The result of a trial that ends without being trained now.
    [[nodiscard]] record::Attempt attempt_of(record::TrialId trial) const;
    void stop(record::StopReason reason);
    /// Whether the target is reached with this result; with folds by the mean of its permutation,
    /// once all of its trials have ended.
    [[nodiscard]] bool reaches_target(const record::TrialResult& result) const;
    void reach_target();
    void apply_time_limit();

    const record::SweepRecord& record_;
    std::vector<int> leaders_;
    sweep::Scheduler scheduler_;
    SweepLimits limits_;
    double now_ = 0;  ///< of the present event
    DispatcherActions actions_;
    std::optional<record::TrialResult> reached_;  ///< a rung, in the present event
    double next_heartbeat_ = 0;
    sweep::Ending ending_ = sweep::Ending::complete;
    std::optional<record::StopReason> stop_reason_;
    std::size_t left_ = 0;
};

}  // namespace msunet::dispatch
