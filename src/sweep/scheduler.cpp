// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/scheduler.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

using record::TrialId;

[[noreturn]] void impossible(const std::string& what) {
    throw std::logic_error("scheduler: " + what);
}

/// One trial and where it is.
struct Trial {
    enum class Place {
        aside,    ///< the strategy has no work for it now
        waiting,  ///< in the queue, or among the deadly
        sent,     ///< a group holds it and has not begun
        begun,    ///< a group trains it
        ended     ///< it has a result or was given up
    } place = Place::aside;
    TrialPlan plan;
    std::optional<std::int64_t> until_epoch;
    bool recalled = false;
};

struct Group {
    bool lost = false;
    std::vector<TrialId> held;  ///< in the order of their assignment
};

}  // namespace

class Scheduler::Machine {
public:
    Machine(std::vector<TrialPlan> plans, GroupId groups, std::unique_ptr<Strategy> strategy,
            std::function<core::Permutation(TrialId)> permutation)
        : groups_(static_cast<std::size_t>(groups)),
          strategy_(std::move(strategy)),
          permutation_(std::move(permutation)) {
        for (TrialPlan& plan : plans) {
            const TrialId id = plan.trial;
            trials_[id].plan = std::move(plan);
        }
    }

    std::vector<SchedulerAction> start() {
        std::vector<TrialId> ids;
        for (const auto& entry : trials_) ids.push_back(entry.first);
        const std::vector<Work> work = strategy_->begin(ids);
        for (const TrialId id : ids) give_up_if_deadly(id);
        queue(work);
        return take_actions();
    }

    std::vector<SchedulerAction> on(const SchedulerEvent& event) {
        std::visit([this](const auto& what) { handle(what); }, event);
        return take_actions();
    }

    std::size_t waiting() const { return queue_.size() + deadly_.size(); }
    std::size_t held() const { return held_; }
    std::size_t ended() const { return ended_; }
    bool done() const { return done_; }

    bool holds(GroupId id, TrialId trial) const {
        const Group& group = groups_.at(static_cast<std::size_t>(id));
        return std::find(group.held.begin(), group.held.end(), trial) != group.held.end();
    }

    std::vector<TrialId> running() const {
        std::vector<TrialId> running;
        for (const Group& group : groups_) {
            for (const TrialId id : group.held) {
                if (trials_.at(id).place == Trial::Place::begun) running.push_back(id);
            }
        }
        return running;
    }

private:
    /// Trials with a checkpoint first, then the longest, then by id.
    using Key = std::tuple<bool, double, TrialId>;

    static Key key(const Trial& trial) {
        return {!trial.plan.checkpoint, -trial.plan.cost, trial.plan.trial};
    }

    Group& group(GroupId id) {
        if (id < 0 || id >= static_cast<GroupId>(groups_.size())) {
            impossible(core::concat("there is no group ", id));
        }
        return groups_[static_cast<std::size_t>(id)];
    }

    /// The group's trial; null for a late word of a lost group.
    Trial* held_trial(GroupId id, TrialId trial) {
        if (group(id).lost) return nullptr;
        if (!holds(id, trial)) {
            impossible(core::concat("group ", id, " does not hold trial ", trial));
        }
        return &trials_.at(trial);
    }

    void handle(const GroupReady& event) {
        if (!group(event.group).lost) asks_.push_back(event.group);
    }

    void handle(const TrialBegun& event) {
        if (Trial* trial = held_trial(event.group, event.trial)) {
            trial->place = Trial::Place::begun;
        }
    }

    void handle(const TrialEnded& event) {
        Trial* const trial = held_trial(event.group, event.trial);
        if (trial == nullptr) return;
        release(event.group, event.trial);
        trial->place = Trial::Place::ended;
        ++ended_;
        queue(strategy_->ended(event.trial));
    }

    void handle(const TrialSetAside& event) {
        Trial* const trial = held_trial(event.group, event.trial);
        if (trial == nullptr) return;
        release(event.group, event.trial);
        trial->plan.spent_seconds += event.seconds;
        if (!event.reached_until) {
            wait(*trial);
            return;
        }
        trial->place = Trial::Place::aside;
        queue(strategy_->set_aside(event.trial, event.last.value_or(record::EpochReport{})));
    }

    void handle(const TrialReturned& event) {
        Trial* const trial = held_trial(event.group, event.trial);
        if (trial == nullptr) return;
        release(event.group, event.trial);
        wait(*trial);
    }

    void handle(const NewCheckpoint& event) {
        const auto found = trials_.find(event.checkpoint.trial);
        if (found == trials_.end() || found->second.place != Trial::Place::begun) return;
        TrialPlan& plan = found->second.plan;
        const auto place = [](const record::CheckpointReport& report) {
            return std::pair(report.epoch, report.step);
        };
        if (!plan.checkpoint || place(event.checkpoint) > place(*plan.checkpoint)) plan.deaths = 0;
        plan.checkpoint = event.checkpoint;
    }

    void handle(const GroupLost& event) {
        Group& lost = group(event.group);
        if (lost.lost) return;
        for (const TrialId id : std::vector<TrialId>(lost.held)) {
            Trial& trial = trials_.at(id);
            const bool ran = trial.place == Trial::Place::begun;
            release(event.group, id);
            if (ran) ++trial.plan.deaths;
            if (!give_up_if_deadly(id)) wait(trial);
        }
        lost.lost = true;
        --living_;
        std::erase(asks_, event.group);
    }

    void handle(const StopRequested& /*event*/) {
        if (done_ || ending_ == Ending::stopped) return;
        ending_ = Ending::stopped;
        actions_.emplace_back(StopAll{});
    }

    void handle(const TimeLimitReached& /*event*/) { drain(Ending::time_limit); }
    void handle(const TargetReached& /*event*/) { drain(Ending::target); }

    void drain(Ending ending) {
        if (done_ || ending_ != Ending::complete) return;
        ending_ = ending;
        actions_.emplace_back(Drain{});
    }

    void release(GroupId id, TrialId trial) {
        std::erase(group(id).held, trial);
        --held_;
        trials_.at(trial).recalled = false;
    }

    void wait(Trial& trial) {
        trial.place = Trial::Place::waiting;
        (trial.plan.deaths >= deaths_until_alone ? deadly_ : queue_).insert(key(trial));
    }

    void queue(const std::vector<Work>& work) {
        for (const Work& piece : work) {
            Trial& trial = trials_.at(piece.trial);
            // A trial that was given up at the start has no more work.
            if (trial.place == Trial::Place::ended) continue;
            if (trial.place != Trial::Place::aside) {
                impossible(core::concat("the strategy gives trial ", piece.trial, " twice"));
            }
            trial.until_epoch = piece.until_epoch;
            wait(trial);
        }
    }

    bool give_up_if_deadly(TrialId id) {
        Trial& trial = trials_.at(id);
        if (trial.plan.deaths < deaths_until_failed) return false;
        trial.place = Trial::Place::ended;
        ++ended_;
        actions_.emplace_back(
            GiveUp{id, core::concat("the process died ", trial.plan.deaths, " times")});
        queue(strategy_->ended(id));
        return true;
    }

    std::vector<SchedulerAction> take_actions() {
        if (!done_) {
            if (ending_ == Ending::complete) dispatch();
            end_if_over();
        }
        return std::exchange(actions_, {});
    }

    void dispatch() {
        const auto idle = [this](GroupId id) { return group(id).held.empty(); };
        // Idle groups first, in the order in which they asked.
        for (auto ask = asks_.begin(); ask != asks_.end();) {
            if (!idle(*ask) || !feed(*ask)) {
                ++ask;
            } else {
                ask = asks_.erase(ask);
            }
        }
        for (auto ask = asks_.begin(); ask != asks_.end();) {
            const bool ahead = group(*ask).held.size() == 1 && queue_.size() >= living_;
            if (!ahead || !feed(*ask)) {
                ++ask;
            } else {
                ask = asks_.erase(ask);
            }
        }
        recall();
    }

    /// Gives the group a trial; false if there is none for it.
    bool feed(GroupId id) {
        if (!queue_.empty()) {
            send(id, take_first(queue_));
            return true;
        }
        if (deadly_.empty() || held_ > 0) return false;
        // Nothing joins it: the queue is empty, and only the end of a trial could fill it.
        send(id, take_first(deadly_));
        return true;
    }

    Trial& take_first(std::set<Key>& from) {
        const TrialId id = std::get<TrialId>(*from.begin());
        from.erase(from.begin());
        return trials_.at(id);
    }

    void send(GroupId id, Trial& trial) {
        const TrialPlan& plan = trial.plan;
        record::Assignment assignment;
        assignment.trial = plan.trial;
        assignment.permutation = permutation_(plan.trial);
        assignment.until_epoch = trial.until_epoch;
        if (plan.checkpoint) assignment.checkpoint = plan.checkpoint->file;
        assignment.spent_seconds = plan.spent_seconds;
        assignment.first_started_at = plan.first_started_at;
        trial.place = Trial::Place::sent;
        group(id).held.push_back(plan.trial);
        ++held_;
        actions_.emplace_back(Assign{id, std::move(assignment)});
    }

    /// Where a group is idle and nothing waits, asks for a trial that waits behind another.
    void recall() {
        if (!queue_.empty()) return;
        auto wanted = std::count_if(asks_.begin(), asks_.end(),
                                    [this](GroupId id) { return group(id).held.empty(); });
        for (std::size_t i = 0; i < groups_.size() && wanted > 0; ++i) {
            if (groups_[i].held.size() < 2) continue;
            Trial& last = trials_.at(groups_[i].held.back());
            if (last.place != Trial::Place::sent) continue;
            --wanted;
            if (std::exchange(last.recalled, true)) continue;
            actions_.emplace_back(Recall{static_cast<GroupId>(i), last.plan.trial});
        }
    }

    void end_if_over() {
        if (held_ > 0) return;
        if (waiting() == 0) {
            finish(Ending::complete);
        } else if (ending_ != Ending::complete) {
            finish(ending_);
        } else if (living_ == 0) {
            finish(Ending::no_groups);
        }
    }

    void finish(Ending ending) {
        done_ = true;
        actions_.emplace_back(Done{ending});
    }

    std::map<TrialId, Trial> trials_;
    std::vector<Group> groups_;
    std::size_t living_ = groups_.size();
    std::unique_ptr<Strategy> strategy_;
    std::function<core::Permutation(TrialId)> permutation_;
    std::set<Key> queue_;
    std::set<Key> deadly_;  ///< run alone, after all others
    std::deque<GroupId> asks_;
    std::vector<SchedulerAction> actions_;
    std::size_t held_ = 0;
    std::size_t ended_ = 0;
    Ending ending_ = Ending::complete;
    bool done_ = false;
};

Scheduler::Scheduler(std::vector<TrialPlan> plans, GroupId groups,
                     std::unique_ptr<Strategy> strategy,
                     std::function<core::Permutation(record::TrialId)> permutation)
    : machine_(std::make_unique<Machine>(std::move(plans), groups, std::move(strategy),
                                         std::move(permutation))) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

std::vector<SchedulerAction> Scheduler::start() { return machine_->start(); }
std::vector<SchedulerAction> Scheduler::on(const SchedulerEvent& event) {
    return machine_->on(event);
}
std::size_t Scheduler::waiting() const { return machine_->waiting(); }
std::size_t Scheduler::held() const { return machine_->held(); }
std::size_t Scheduler::ended() const { return machine_->ended(); }
bool Scheduler::done() const { return machine_->done(); }
bool Scheduler::holds(GroupId group, record::TrialId trial) const {
    return machine_->holds(group, trial);
}
std::vector<record::TrialId> Scheduler::running() const { return machine_->running(); }

}  // namespace msunet::sweep
