// SPDX-License-Identifier: Apache-2.0
#include "simulated_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <queue>
#include <stdexcept>
#include <utility>
#include <variant>

#include "msunet/core/random.hpp"
#include "msunet/dispatch/dispatcher_machine.hpp"
#include "msunet/dispatch/leader_machine.hpp"
#include "msunet/record/event.hpp"

namespace msunet::simulation {

namespace {

using dispatch::DispatcherActions;
using dispatch::LeaderActions;
using record::TrialId;
using sweep::GroupId;

constexpr double never = std::numeric_limits<double>::infinity();

/// The dispatcher receives a message of a leader.
struct ToDispatcher {
    dispatch::ToDispatcher message;
};
/// A leader receives a message of the dispatcher.
struct ToLeader {
    dispatch::ToLeader message;
};
/// A group has trained an epoch.
struct EpochTrained {};
/// A group's last checkpoint is old enough for the next one.
struct CheckpointDue {
    std::int64_t number = 0;  ///< of the group's checkpoints and starts until then
};

struct Event {
    double at = 0;
    std::uint64_t number = 0;  ///< of equal times the earlier one first
    GroupId group = 0;
    std::variant<ToDispatcher, ToLeader, EpochTrained, CheckpointDue> what;

    bool operator>(const Event& other) const {
        return at != other.at ? at > other.at : number > other.number;
    }
};

struct Group {
    dispatch::LeaderMachine machine;
    std::optional<record::Assignment> training;
    std::int64_t epoch = 0;        ///< trained of the trial
    double saved = 0;              ///< epochs in the last checkpoint, with the part of the next one
    double position = 0;           ///< epochs trained when the present epoch began, or went on
    double position_at = 0;        ///< when that was
    double waits = 0;              ///< for checkpoints within this epoch
    std::int64_t checkpoints = 0;  ///< and starts
    double since_start = 0;        ///< when the assignment was started
    std::int64_t unsaved_epochs = 0;
    bool left = false;
};

/// One start of the job.
class Job {
public:
    Job(const Workload& workload, const Cluster& cluster, record::SweepRecord& record,
        std::map<TrialId, double>& saved_epochs, Outcome& outcome, double now, double dies_at)
        : workload_(workload),
          cluster_(cluster),
          record_(record),
          saved_epochs_(saved_epochs),
          outcome_(outcome),
          now_(now),
          dies_at_(dies_at),
          groups_(static_cast<std::size_t>(cluster.groups)) {
        auto plans = sweep::plans(record, [](const core::Permutation&) { return 1.0; });
        for (auto& plan : plans) {
            if (workload.cost) plan.cost = workload.cost(plan.trial);
        }
        std::vector<int> leaders(groups_.size());
        for (std::size_t i = 0; i < leaders.size(); ++i) leaders[i] = static_cast<int>(i);
        dispatcher_ = std::make_unique<dispatch::DispatcherMachine>(
            record, leaders,
            sweep::Scheduler(std::move(plans), cluster.groups, make_strategy(record),
                             [&record](TrialId trial) { return record.permutation(trial); }),
            dispatch::SweepLimits{}, now);
    }

    /// Whether the sweep is over; false if the job has died.
    bool run() {
        carry_out(dispatcher_->begin(now_));
        for (GroupId id = 0; id < cluster_.groups; ++id) carry_out(id, at(id).machine.begin());
        while (!dispatcher_->is_over()) {
            if (events_.empty()) throw std::logic_error("the sweep stands still");
            if (events_.top().at > dies_at_) {
                die();
                return false;
            }
            const Event event = events_.top();
            events_.pop();
            now_ = event.at;
            std::visit([&](const auto& what) { happen(event.group, what); }, event.what);
        }
        return true;
    }
    [[nodiscard]] double now() const { return now_; }

private:
    Group& at(GroupId id) { return groups_[static_cast<std::size_t>(id)]; }

    [[nodiscard]] std::unique_ptr<sweep::Strategy> make_strategy(
        const record::SweepRecord& record) const {
        auto trainings = sweep::trainings(record, 1);
        for (auto& training : trainings) training.epochs = workload_.epochs(training.trial);
        return sweep::make_strategy(workload_.rules, trainings);
    }

    template <class What>
    void plan(double time, GroupId group, What what) {
        events_.push({time, next_number_++, group, std::move(what)});
    }

    /// Rank 0 handles one message after the other.
    void happen(GroupId id, const ToDispatcher& arrived) {
        const double begins = std::max(now_, rank0_free_);
        outcome_.longest_queue = std::max(outcome_.longest_queue, begins - now_);
        rank0_free_ = begins + cluster_.service;
        outcome_.rank0_seconds += cluster_.service;
        carry_out(dispatcher_->receive(id, arrived.message, begins));
    }

    void happen(GroupId id, const ToLeader& arrived) {
        carry_out(id, at(id).machine.receive(arrived.message));
        if (!at(id).training) next(id);
    }

    void happen(GroupId id, const EpochTrained& /*what*/) {
        Group& group = at(id);
        const double waits = std::exchange(group.waits, 0);
        if (waits > 0) {
            group.position_at += waits;
            plan(now_ + waits, id, EpochTrained{});
            return;
        }
        const TrialId trial = group.training->trial;
        const auto report = report_of(trial, group.epoch);
        ++group.unsaved_epochs;
        ++group.epoch;
        ++trained_epochs_;
        carry_out(id, group.machine.epoch_ended(report));
        if (group.epoch == workload_.epochs(trial)) {
            finish(id);
        } else if (group.training->until_epoch && group.epoch >= *group.training->until_epoch) {
            pause(id);
        } else {
            train_on(id, static_cast<double>(group.epoch));
        }
    }

    /// Training waits for the checkpoint at the end of the epoch.
    void happen(GroupId id, const CheckpointDue& due) {
        Group& group = at(id);
        if (!group.training || group.checkpoints != due.number) return;
        save_checkpoint(id, position_of(group));
        group.waits += cluster_.checkpoint_seconds;
        plan_checkpoint(id);
    }

    void plan_checkpoint(GroupId id) {
        plan(now_ + cluster_.checkpoint_interval, id, CheckpointDue{at(id).checkpoints});
    }

    /// Trains from `position` (epochs) to the end of the epoch.
    void train_on(GroupId id, double position) {
        Group& group = at(id);
        group.position = position;
        group.position_at = now_;
        const double left = std::floor(position) + 1 - position;
        plan(now_ + left * seconds_of_epoch(group), id, EpochTrained{});
    }

    [[nodiscard]] double seconds_of_epoch(const Group& group) const {
        return workload_.seconds(group.training->trial, group.epoch);
    }

    /// Epochs that are trained, with the part of the present one.
    [[nodiscard]] double position_of(const Group& group) const {
        const double trained = (now_ - group.position_at - group.waits) / seconds_of_epoch(group);
        // Its end is not reached before EpochTrained.
        const double end = static_cast<double>(group.epoch) + 1 - 1e-6;
        return std::clamp(group.position + trained, group.position, std::max(group.position, end));
    }

    /// Seconds of training between the last checkpoint and `position`.
    [[nodiscard]] double unsaved_seconds(const Group& group, double position) const {
        double seconds = 0;
        for (double from = group.saved; from < position;) {
            const double to = std::min(std::floor(from) + 1, position);
            seconds += (to - from) *
                       workload_.seconds(group.training->trial, static_cast<std::int64_t>(from));
            from = to;
        }
        return seconds;
    }

    void note_best(double dice) {
        auto& trace = outcome_.trace;
        if (!trace.empty() && trace.back().dice >= dice) return;
        trace.push_back({outcome_.epochs + trained_epochs_, now_, dice});
    }

    void save_checkpoint(GroupId id, double position) {
        Group& group = at(id);
        const TrialId trial = group.training->trial;
        saved_epochs_[trial] = position;
        keep(group, position);
        ++group.checkpoints;
        // A step is a millionth of an epoch here.
        const double part = position - static_cast<double>(group.epoch);
        carry_out(id, group.machine.checkpoint_saved({trial, "checkpoint", group.epoch,
                                                      static_cast<std::int64_t>(part * 1e6)}));
    }

    void keep(Group& group, double position) {
        outcome_.training_seconds += unsaved_seconds(group, position);
        group.saved = position;
        outcome_.epochs += group.unsaved_epochs;
        trained_epochs_ -= std::exchange(group.unsaved_epochs, 0);
    }

    /// The trial's result so far.
    record::TrialResult result_of(const Group& group, record::TrialState state) const {
        record::TrialResult result;
        result.trial = group.training->trial;
        result.permutation = group.training->ends.front().permutation;
        result.state = state;
        for (std::int64_t epoch = 0; epoch < group.epoch; ++epoch) {
            result.history.push_back(report_of(result.trial, epoch));
        }
        return result;
    }

    record::EpochReport report_of(TrialId trial, std::int64_t epoch) const {
        record::EpochReport report;
        report.epoch = epoch;
        report.metrics.val_dice_coef = workload_.dice(trial, epoch);
        report.seconds = workload_.seconds(trial, epoch);
        return report;
    }

    void finish(GroupId id) {
        Group& group = at(id);
        keep(group, static_cast<double>(group.epoch));
        note_best(workload_.dice(group.training->trial, group.epoch - 1));
        carry_out(id, group.machine.end_reached(result_of(group, record::TrialState::done)));
        leave_training(id, {});
    }

    void pause(GroupId id) {
        save_checkpoint(id, static_cast<double>(at(id).epoch));
        leave_training(id, {result_of(at(id), record::TrialState::paused), true});
    }

    void leave_training(GroupId id, const record::Trained& trained) {
        Group& group = at(id);
        group.training.reset();
        carry_out(id, group.machine.trained(trained, now_ - group.since_start));
        next(id);
    }

    /// What a leader does that trains nothing.
    void next(GroupId id) {
        Group& group = at(id);
        if (group.machine.is_over()) {
            if (!std::exchange(group.left, true)) carry_out(id, group.machine.leave());
            return;
        }
        carry_out(id, group.machine.start_next());
    }

    void start_training(GroupId id, const record::Assignment& assignment) {
        Group& group = at(id);
        group.training = assignment;
        group.saved = assignment.checkpoint.empty() ? 0 : saved_epochs_.at(assignment.trial);
        group.epoch = static_cast<std::int64_t>(group.saved);
        group.waits = 0;
        ++group.checkpoints;
        group.since_start = now_;
        train_on(id, group.saved);
        plan_checkpoint(id);
    }

    void carry_out(GroupId id, const LeaderActions& actions) {
        for (const auto& action : actions) {
            if (const auto* report = std::get_if<dispatch::Report>(&action)) {
                plan(now_ + cluster_.latency, id, ToDispatcher{report->message});
            } else if (const auto* start = std::get_if<dispatch::StartTraining>(&action)) {
                start_training(id, start->assignment);
            }
        }
    }

    void carry_out(const DispatcherActions& actions) {
        for (const auto& action : actions) {
            if (const auto* write = std::get_if<dispatch::Write>(&action)) {
                rank0_free_ += cluster_.write;
                outcome_.rank0_seconds += cluster_.write;
                record::update(record_, write->event);
            } else {
                const auto& order = std::get<dispatch::Order>(action);
                plan(std::max(now_, rank0_free_) + cluster_.latency, order.group,
                     ToLeader{order.message});
            }
        }
    }

    void die() {
        now_ = dies_at_;
        for (const Group& group : groups_) {
            if (!group.training) continue;
            outcome_.lost_seconds += unsaved_seconds(group, position_of(group));
        }
    }

    const Workload& workload_;
    const Cluster& cluster_;
    record::SweepRecord& record_;
    std::map<TrialId, double>& saved_epochs_;
    Outcome& outcome_;
    double now_;
    double dies_at_;
    std::vector<Group> groups_;
    std::unique_ptr<dispatch::DispatcherMachine> dispatcher_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t next_number_ = 0;
    double rank0_free_ = 0;
    std::int64_t trained_epochs_ = 0;  ///< that no checkpoint or result holds yet
};

/// Seconds to the next failure of any group's node.
double next_failure(core::RandomStream& random, const Cluster& cluster) {
    if (cluster.group_mtbf <= 0) return never;
    const double mean = cluster.group_mtbf / static_cast<double>(cluster.groups);
    return -std::log1p(-random.uniform()) * mean;
}

}  // namespace

Outcome simulate(const record::SweepStart& start, const Workload& workload,
                 const Cluster& cluster) {
    core::RandomStream random(
        core::derive_seed(cluster.seed, {core::seed_label("simulated failures")}));
    record::SweepRecord record;
    record::update(record, start);
    std::map<TrialId, double> saved_epochs;
    Outcome outcome;
    double now = 0;
    for (bool over = false; !over; ++outcome.starts) {
        if (outcome.starts > 0) {
            now += cluster.requeue_seconds;
            record::update(record, record::Resumed{{}, {}, now});
        }
        const double dies_at = now + next_failure(random, cluster);
        now += cluster.start_seconds;
        if (dies_at <= now) continue;
        Job job(workload, cluster, record, saved_epochs, outcome, now, dies_at);
        over = job.run();
        now = job.now();
    }
    outcome.seconds = now;
    return outcome;
}

}  // namespace msunet::simulation
