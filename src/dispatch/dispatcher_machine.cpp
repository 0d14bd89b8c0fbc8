// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/dispatcher_machine.hpp"

#include <algorithm>
#include <utility>

#include "dispatch/overloaded.hpp"

namespace msunet::dispatch {

namespace {

constexpr double heartbeat_seconds = 30;

}  // namespace

DispatcherMachine::DispatcherMachine(const record::SweepRecord& record, std::vector<int> leaders,
                                     sweep::Scheduler scheduler, SweepLimits limits, double now)
    : record_(record),
      leaders_(std::move(leaders)),
      scheduler_(std::move(scheduler)),
      limits_(std::move(limits)),
      next_heartbeat_(now + heartbeat_seconds) {}

DispatcherActions DispatcherMachine::begin(double now) {
    now_ = now;
    carry_out(scheduler_.start());
    // An earlier start may have reached the target.
    if (limits_.target && std::ranges::any_of(record_.results(), [&](const auto* result) {
            return limits_.target->reached(*result);
        })) {
        reach_target();
    }
    apply_time_limit();
    return std::exchange(actions_, {});
}

DispatcherActions DispatcherMachine::receive(sweep::GroupId group, const ToDispatcher& message,
                                             double now) {
    now_ = now;
    std::visit(
        Overloaded{[&](const Ready&) { tell_scheduler(sweep::GroupReady{group}); },
                   [&](const Started& started) {
                       write(record::TrialStarted{started.trial,
                                                  leaders_.at(static_cast<std::size_t>(group)),
                                                  started.checkpoint, now_});
                       tell_scheduler(sweep::TrialStarted{group, started.trial});
                   },
                   [&](const EpochEnded& epoch) {
                       write(record::EpochFinished{epoch.trial, epoch.report, now_});
                   },
                   [&](const CheckpointSaved& saved) {
                       write(record::CheckpointSaved{saved.checkpoint, now_});
                       tell_scheduler(sweep::CheckpointSaved{saved.checkpoint});
                   },
                   [&](const Ended& ended) {
                       write(record::TrialFinished{ended.result, now_});
                       if (limits_.target && limits_.target->reached(ended.result)) reach_target();
                       tell_scheduler(sweep::TrialEnded{group, ended.result.trial});
                   },
                   [&](const Paused& paused) {
                       write(record::TrialPaused{paused.trial, now_});
                       tell_scheduler(sweep::TrialPaused{group, paused.trial, paused.reached_until,
                                                         paused.last, paused.seconds});
                   },
                   [&](const Returned& returned) {
                       tell_scheduler(sweep::TrialReturned{group, returned.trial});
                   },
                   [&](const SignalReceived&) { stop(record::StopReason::signal); },
                   [&](const Left&) { ++left_; }},
        message);
    return std::exchange(actions_, {});
}

DispatcherActions DispatcherMachine::receive_signal(double now) {
    now_ = now;
    stop(record::StopReason::signal);
    return std::exchange(actions_, {});
}

DispatcherActions DispatcherMachine::pass_time(double now) {
    now_ = now;
    if (now >= next_heartbeat_) {
        next_heartbeat_ = now + heartbeat_seconds;
        write(record::Heartbeat{record_.owner, now});
    }
    if (limits_.stop_before && now >= *limits_.stop_before) {
        stop(record::StopReason::stop_before);
    }
    apply_time_limit();
    return std::exchange(actions_, {});
}

void DispatcherMachine::apply_time_limit() {
    if (!limits_.time_limit || now_ < *limits_.time_limit) return;
    limits_.time_limit.reset();
    tell_scheduler(sweep::TimeLimitReached{});
}

void DispatcherMachine::stop(record::StopReason reason) {
    if (stop_reason_) return;
    stop_reason_ = reason;
    tell_scheduler(sweep::StopRequested{});
}

void DispatcherMachine::reach_target() {
    limits_.target.reset();
    tell_scheduler(sweep::TargetReached{});
}

void DispatcherMachine::write(record::Event event) {
    actions_.emplace_back(Write{std::move(event)});
}

void DispatcherMachine::tell_scheduler(const sweep::SchedulerEvent& event) {
    carry_out(scheduler_.on(event));
}

void DispatcherMachine::carry_out(const std::vector<sweep::SchedulerAction>& actions) {
    for (const sweep::SchedulerAction& action : actions) {
        std::visit(
            Overloaded{[&](const sweep::Assign& assign) {
                           actions_.emplace_back(Order{assign.group, Assign{assign.assignment}});
                       },
                       [&](const sweep::Recall& recall) {
                           actions_.emplace_back(Order{recall.group, Recall{recall.trial}});
                       },
                       [&](const sweep::Drain&) { send_to_all(Drain{}); },
                       [&](const sweep::StopAll&) { send_to_all(Stop{}); },
                       [&](const sweep::FailTrial& failed) { fail_untrained(failed); },
                       [&](const sweep::EndSweep& end) {
                           ending_ = end.ending;
                           send_to_all(End{});
                       }},
            action);
    }
}

void DispatcherMachine::send_to_all(const ToLeader& message) {
    for (std::size_t group = 0; group < leaders_.size(); ++group) {
        actions_.emplace_back(Order{static_cast<sweep::GroupId>(group), message});
    }
}

void DispatcherMachine::fail_untrained(const sweep::FailTrial& action) {
    record::Attempt attempt;
    attempt.trial = action.trial;
    attempt.permutation = record_.permutation(action.trial);
    attempt.started_at = now_;
    const auto* known = record_.find(action.trial);
    if (known != nullptr) {
        attempt.first_started_at = known->first_started_at;
        attempt.spent_seconds = known->spent_seconds;
        attempt.rank = known->rank;
    }
    auto result = record::failed_result(attempt, action.reason, now_);
    if (known != nullptr) result.history = known->epochs;
    write(record::TrialFinished{std::move(result), now_});
}

}  // namespace msunet::dispatch
