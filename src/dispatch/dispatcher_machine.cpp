// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/dispatcher_machine.hpp"

#include <algorithm>
#include <utility>

#include "dispatch/overloaded.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::dispatch {

DispatcherMachine::DispatcherMachine(const record::SweepRecord& record, std::vector<int> leaders,
                                     sweep::Scheduler scheduler, SweepLimits limits, double now)
    : record_(record),
      leaders_(std::move(leaders)),
      scheduler_(std::move(scheduler)),
      limits_(std::move(limits)),
      next_heartbeat_(now + record::heartbeat_seconds) {}

DispatcherActions DispatcherMachine::begin(double now) {
    now_ = now;
    carry_out(scheduler_.start());
    // An earlier start may have reached the target.
    if (std::ranges::any_of(record_.results(),
                            [&](const auto* result) { return reaches_target(*result); })) {
        reach_target();
    }
    apply_time_limit();
    return std::exchange(actions_, {});
}

DispatcherActions DispatcherMachine::receive(sweep::GroupId group, const ToDispatcher& message,
                                             double now) {
    now_ = now;
    std::visit(Overloaded{[&](const Ready&) { tell_scheduler(sweep::GroupReady{group}); },
                          [&](const Started& started) {
                              write(record::TrialStarted{
                                  started.trial, leaders_.at(static_cast<std::size_t>(group)),
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
                              if (reaches_target(ended.result)) reach_target();
                              tell_scheduler(sweep::TrialEnded{
                                  group, ended.result.trial,
                                  ended.result.state == record::TrialState::failed,
                                  record::metric(ended.result, record_.start.metric)});
                          },
                          [&](const Paused& paused) { pause(group, paused); },
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
        next_heartbeat_ = now + record::heartbeat_seconds;
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

bool DispatcherMachine::reaches_target(const record::TrialResult& result) const {
    if (!limits_.target) return false;
    if (!record_.start.folding.any()) return limits_.target->reached(result);
    const auto whole = record::permutation_result_with(record_, result);
    return whole && limits_.target->reached(*whole);
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
                       [&](const sweep::PromoteTrial& promote) {
                           const sweep::Work& work = promote.work;
                           write(record::TrialPromoted{work.trial, work.until_epoch, work.rung,
                                                       work.bracket, now_});
                       },
                       [&](const sweep::StopTrial& stopped) { stop_training(stopped.trial); },
                       [&](const sweep::SuggestTrial& suggest) {
                           write(record::TrialSuggested{suggest.trial, now_});
                       },
                       [&](const sweep::EndSuggestions&) { write(record::SuggestionsEnded{now_}); },
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

void DispatcherMachine::pause(sweep::GroupId group, const Paused& message) {
    reached_ = message.reached;
    std::optional<double> value;
    if (reached_) {
        complete_history(*reached_);
        if (!reached_->history.empty()) {
            value = record::metric(reached_->history.back(), record_.start.metric);
        }
        record::TrialResult so_far = *reached_;
        so_far.history.clear();
        write(record::RungReached{message.trial,
                                  static_cast<std::int64_t>(reached_->history.size()), value,
                                  std::move(so_far), now_});
    } else {
        write(record::TrialPaused{message.trial, now_});
    }
    tell_scheduler(
        sweep::TrialPaused{group, message.trial, reached_.has_value(), value, message.seconds});
    reached_.reset();
}

void DispatcherMachine::complete_history(const record::TrialResult& reached) {
    const auto* known = record_.find(reached.trial);
    std::size_t first = 0;
    while (known != nullptr && first < known->epochs.size() && first < reached.history.size() &&
           known->epochs[first].epoch == reached.history[first].epoch) {
        ++first;
    }
    for (std::size_t i = first; i < reached.history.size(); ++i) {
        write(record::EpochFinished{reached.trial, reached.history[i], now_});
    }
}

record::Attempt DispatcherMachine::attempt_of(record::TrialId trial) const {
    record::Attempt attempt;
    attempt.trial = trial;
    attempt.permutation = record_.permutation(trial);
    attempt.started_at = now_;
    if (const auto* known = record_.find(record_.training_of(trial))) {
        attempt.first_started_at = known->first_started_at;
        attempt.spent_seconds = known->spent_seconds;
        attempt.rank = known->rank;
    }
    return attempt;
}

void DispatcherMachine::fail_untrained(const sweep::FailTrial& action) {
    auto result = record::failed_result(attempt_of(action.trial), action.reason, now_);
    const auto* known = record_.find(record_.training_of(action.trial));
    if (known != nullptr) result.history = known->epochs;
    write(record::TrialFinished{std::move(result), now_});
}

void DispatcherMachine::stop_training(record::TrialId training) {
    const auto members = record_.unfinished_trials(training);
    for (const record::TrialId trial : members) {
        auto result = stopped_result(training);
        result.trial = trial;
        // Those so far are of the first one's values.
        if (trial != members.front()) result.notices.clear();
        result.permutation = record_.permutation(trial);
        write(record::TrialFinished{std::move(result), now_});
    }
}

record::TrialResult DispatcherMachine::stopped_result(record::TrialId training) const {
    record::TrialResult result;
    const auto* known = record_.find(training);
    if (reached_ && reached_->trial == training) {
        result = *reached_;
    } else if (known != nullptr && known->at_rung) {
        result = *known->at_rung;
        result.history = known->epochs;
    } else {
        result = record::make_result(attempt_of(training), record::TrialState::stopped, now_);
    }
    result.state = record::TrialState::stopped;
    if (result.modality.empty() && !result.history.empty() && result.history.back().modality) {
        result.modality.push_back({result.history.back().epoch, *result.history.back().modality});
    }
    return result;
}

}  // namespace msunet::dispatch
