// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace msunet::simulation {

using record::TrialId;
using sweep::GroupId;

Job::Job(const Workload& workload, const Cluster& cluster, record::SweepRecord& record,
         SavedEpochs& saved_epochs, Outcome& outcome, double now, double dies_at)
    : workload_(workload),
      cluster_(cluster),
      record_(record),
      saved_epochs_(saved_epochs),
      outcome_(outcome),
      now_(now),
      dies_at_(dies_at),
      groups_(static_cast<std::size_t>(cluster.groups)),
      disk_(cluster.files.bandwidth, cluster.files.stream_bandwidth),
      rank0_free_(now),
      synced_at_(now) {
    for (Group& group : groups_) group.idle_since = now;
    auto plans = sweep::plans(record, [](const core::Permutation&) { return 1.0; });
    for (auto& plan : plans) {
        if (workload.cost) plan.cost = workload.cost(plan.trial);
    }
    std::vector<int> leaders(groups_.size());
    for (std::size_t i = 0; i < leaders.size(); ++i) leaders[i] = static_cast<int>(i);
    dispatcher_ = std::make_unique<dispatch::DispatcherMachine>(
        record, leaders,
        sweep::Scheduler(std::move(plans), cluster.groups, make_strategy(),
                         [&record](TrialId trial) { return record.permutation(trial); }),
        dispatch::SweepLimits{}, now);
}

std::unique_ptr<sweep::Strategy> Job::make_strategy() const {
    auto trainings = sweep::trainings(record_, 1);
    for (auto& training : trainings) training.epochs = workload_.epochs(training.trial);
    return sweep::make_strategy(workload_.rules, trainings);
}

bool Job::run() {
    carry_out(dispatcher_->begin(now_));
    for (GroupId id = 0; id < cluster_.groups; ++id) carry_out(id, at(id).machine.begin());
    while (!dispatcher_->is_over()) {
        if (next_time() > dies_at_) {
            die();
            return false;
        }
        advance();
    }
    return true;
}

double Job::next_time() const {
    constexpr double never = std::numeric_limits<double>::infinity();
    const double event = events_.empty() ? never : events_.top().at;
    const double next = std::min(event, disk_.next_end().value_or(never));
    if (next == never) throw std::logic_error("the sweep stands still");
    return next;
}

void Job::advance() {
    now_ = next_time();
    if (disk_.next_end() == now_) {
        file_complete(disk_.end_next());
        return;
    }
    const Event event = events_.top();
    events_.pop();
    std::visit([&](const auto& what) { handle(event.group, what); }, event.what);
}

/// Rank 0 handles one message after the other when it looks for them.
void Job::handle(GroupId id, const ToDispatcher& arrived) {
    double begins = std::max(now_, rank0_free_);
    if (cluster_.look_seconds > 0 && rank0_free_ <= now_) {
        begins = std::ceil(now_ / cluster_.look_seconds) * cluster_.look_seconds;
    }
    outcome_.longest_queue = std::max(outcome_.longest_queue, begins - now_);
    rank0_free_ = begins + cluster_.service;
    outcome_.rank0_seconds += cluster_.service;
    carry_out(dispatcher_->receive(id, arrived.message, begins));
}

void Job::handle(GroupId id, const ToLeader& arrived) {
    carry_out(id, at(id).machine.receive(arrived.message));
    if (!at(id).training) next(id);
}

void Job::carry_out(GroupId id, const dispatch::LeaderActions& actions) {
    for (const auto& action : actions) {
        if (const auto* report = std::get_if<dispatch::Report>(&action)) {
            plan(now_ + cluster_.latency, id, ToDispatcher{report->message});
        } else if (const auto* start = std::get_if<dispatch::StartTraining>(&action)) {
            start_training(id, start->assignment);
        }
    }
}

void Job::carry_out(const dispatch::DispatcherActions& actions) {
    for (const auto& action : actions) {
        if (const auto* write = std::get_if<dispatch::Write>(&action)) {
            write_line(write->event);
        } else {
            const auto& order = std::get<dispatch::Order>(action);
            plan(std::max(now_, rank0_free_) + cluster_.latency, order.group,
                 ToLeader{order.message});
        }
    }
}

/// As record::Journal: all lines since the last fsync come to the disk together.
void Job::write_line(const record::Event& event) {
    const double began = rank0_free_;
    rank0_free_ += cluster_.write;
    if (rank0_free_ - synced_at_ >= cluster_.files.sync_interval) {
        rank0_free_ += cluster_.files.sync_seconds;
        synced_at_ = rank0_free_;
    }
    outcome_.rank0_seconds += rank0_free_ - began;
    record::update(record_, event);
}

void Job::die() {
    now_ = dies_at_;
    for (const Group& group : groups_) {
        if (!group.training) continue;
        outcome_.lost_seconds += unsaved_seconds(group, position_of(group));
        if (group.halted) outcome_.waited_seconds += now_ - group.position_at;
    }
}

}  // namespace msunet::simulation
