// SPDX-License-Identifier: Apache-2.0
/// \file
/// A whole job in one thread: the machines of dispatcher and leaders, messages that take any time,
/// and trials that only count epochs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/core/random.hpp"
#include "msunet/dispatch/dispatcher_machine.hpp"
#include "msunet/dispatch/leader_machine.hpp"
#include "msunet/record/event.hpp"

namespace msunet::dispatch {

using record::TrialId;
using sweep::GroupId;

/// Chances of what may happen in one step of a job.
struct Dangers {
    double kill = 0;            ///< the job dies
    double signal = 0;          ///< a signal reaches a rank
    double limit = 0;           ///< the time limit or stop_before is reached
    double failure = 0;         ///< a trial fails in an epoch
    double target = 0;          ///< a start has a performance target
    double retry = 0;           ///< a start tries again what has failed
    std::set<TrialId> killers;  ///< trials that kill the job whenever they train
};

/// What outlives a job: the journal, and the files of the trials.
struct Disk {
    record::SweepRecord record;
    std::map<TrialId, int> results_in_journal;
    std::map<TrialId, record::TrialResult> result_files;
    std::map<TrialId, std::int64_t> checkpoint_epochs;
    std::map<TrialId, std::multiset<std::int64_t>> epochs_trained;  ///< by training
    int retries = 0;  ///< starts that tried again what had failed
    double now = 1000;

    void write(const record::Event& event) {
        record::update(record, event);
        if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
            ++results_in_journal[finished->result.trial];
        }
    }
};

/// One start of the program.
class SimulatedJob {
public:
    SimulatedJob(core::RandomStream& random, Disk& disk, GroupId groups, const Dangers& dangers,
                 std::unique_ptr<sweep::Strategy> strategy, sweep::Suggestions suggestions = {})
        : random_(random),
          disk_(disk),
          dangers_(dangers),
          groups_(static_cast<std::size_t>(groups)) {
        const auto soon = [&] { return disk_.now + random_.uniform(0, 300); };
        if (random_.chance(dangers_.limit)) limits_.time_limit = soon();
        if (random_.chance(dangers_.limit)) limits_.stop_before = soon();
        if (random_.chance(dangers_.target)) {
            limits_.target = {"dice_coef", random_.uniform(0.5, 1), false};
        }
        std::vector<int> leaders;
        for (GroupId group = 0; group < groups; ++group) leaders.push_back(leader_of(group));
        auto plans = sweep::plans(disk_.record, [](const core::Permutation&) { return 1.0; });
        dispatcher_ = std::make_unique<DispatcherMachine>(
            disk_.record, leaders,
            sweep::Scheduler(
                std::move(plans), groups, std::move(strategy),
                [&](TrialId trial) { return disk_.record.permutation(trial); },
                std::move(suggestions)),
            limits_, disk_.now);
    }

    /// Runs until the sweep is over or the job dies. Returns how it ended; nothing if it died.
    std::optional<sweep::Ending> run() {
        carry_out(dispatcher_->begin(disk_.now));
        for (GroupId group = 0; group < std::ssize(groups_); ++group) {
            carry_out(group, at(group).machine.begin());
        }
        for (int step = 0; !dispatcher_->is_over(); ++step) {
            if (killed_) return die();
            if (step > 100'000) {
                ADD_FAILURE() << "it stands still";
                return std::nullopt;
            }
            disk_.now += random_.uniform(0, 2);
            if (random_.chance(dangers_.kill) || !advance()) return die();
        }
        expect_end();
        return dispatcher_->ending();
    }

    [[nodiscard]] const SweepLimits& limits() const { return limits_; }
    [[nodiscard]] bool signalled() const { return signalled_; }

private:
    /// A group and its messages on their way.
    struct Group {
        LeaderMachine machine;
        std::deque<std::string> to_leader;
        std::deque<std::string> to_dispatcher;
        std::optional<record::Assignment> training;
        std::int64_t epoch = 0;  ///< of the trial that it trains
        bool drained = false;    ///< has received Drain or Stop
        bool left = false;
        bool member_signalled = false;
    };

    static int leader_of(GroupId group) { return static_cast<int>(2 * group); }
    Group& at(GroupId group) { return groups_[static_cast<std::size_t>(group)]; }

    /// One thing happens; false if the job dies of it.
    bool advance() {
        const auto group = static_cast<GroupId>(random_.below(groups_.size()));
        if (random_.chance(dangers_.signal)) send_signal(group);
        switch (random_.below(4)) {
            case 0:
                deliver_to_leader(group);
                return true;
            case 1:
                deliver_to_dispatcher(group);
                return true;
            case 2:
                carry_out(dispatcher_->pass_time(disk_.now));
                return true;
            default:
                return work(group);
        }
    }

    void send_signal(GroupId group) {
        signalled_ = true;
        switch (random_.below(3)) {
            case 0:
                carry_out(dispatcher_->receive_signal(disk_.now));
                break;
            case 1:
                if (!at(group).left) carry_out(group, at(group).machine.receive_signal());
                break;
            default:
                at(group).member_signalled = true;
        }
    }

    void deliver_to_leader(GroupId id) {
        Group& group = at(id);
        if (group.to_leader.empty()) return;
        const auto message = codec::from_json<ToLeader>(group.to_leader.front());
        group.to_leader.pop_front();
        EXPECT_FALSE(group.left) << "a message after the last one";
        group.drained = group.drained || std::holds_alternative<Drain>(message) ||
                        std::holds_alternative<Stop>(message);
        carry_out(id, group.machine.receive(message));
    }

    void deliver_to_dispatcher(GroupId id) {
        Group& group = at(id);
        if (group.to_dispatcher.empty()) return;
        const auto message = codec::from_json<ToDispatcher>(group.to_dispatcher.front());
        group.to_dispatcher.pop_front();
        carry_out(dispatcher_->receive(id, message, disk_.now));
    }

    /// The leader's turn: a step of training, or what it does between two trials.
    bool work(GroupId id) {
        Group& group = at(id);
        if (group.left) return true;
        if (group.training) return train(id);
        if (group.machine.is_over()) {
            group.left = true;
            carry_out(id, group.machine.leave());
            return true;
        }
        carry_out(id, group.machine.start_next());
        return true;
    }

    bool train(GroupId id) {
        Group& group = at(id);
        const TrialId trial = group.training->trial;
        if (dangers_.killers.contains(trial)) return false;
        const auto until = group.training->until_epoch;
        // A signal may come while the end of a permutation is evaluated.
        if (is_stopping(group) && random_.chance(0.3)) {
            pause(id);
            return true;
        }
        if (reach_end(id)) return true;
        if (until && group.epoch >= *until) {
            pause(id);
        } else if (is_stopping(group)) {
            pause(id);
        } else if (random_.chance(dangers_.failure)) {
            fail(id);
        } else if (random_.chance(0.3)) {
            save_checkpoint(id);
        } else {
            train_epoch(id);
        }
        return true;
    }

    static bool is_stopping(const Group& group) {
        return group.machine.answer() != record::Answer::go_on || group.member_signalled;
    }

    void train_epoch(GroupId id) {
        Group& group = at(id);
        disk_.epochs_trained[group.training->trial].insert(group.epoch);
        const auto report = report_of(group.training->trial, group.epoch++);
        carry_out(id, group.machine.epoch_ended(report));
    }

    static std::int64_t epochs_of(const core::Permutation& permutation) {
        return core::as_integer(permutation.at("epochs")).value();
    }

    /// Gives one permutation whose last epoch is complete its result; false if there is none.
    bool reach_end(GroupId id) {
        const auto& ends = at(id).training->ends;
        const auto due = std::ranges::find_if(
            ends, [&](const auto& end) { return epochs_of(end.permutation) <= at(id).epoch; });
        if (due == ends.end()) return false;
        const bool fails = random_.chance(dangers_.failure);  // alone, when it is evaluated
        finish(id, *due, fails ? record::TrialState::failed : record::TrialState::done);
        if (ends.empty()) end_training(id, {});
        return true;
    }

    void fail(GroupId id) {
        while (!at(id).training->ends.empty()) {
            finish(id, at(id).training->ends.front(), record::TrialState::failed);
        }
        end_training(id, {});
    }

    void save_checkpoint(GroupId id) {
        Group& group = at(id);
        const TrialId trial = group.training->trial;
        disk_.checkpoint_epochs[trial] = group.epoch;
        carry_out(id, group.machine.checkpoint_saved({trial, file_of(trial), group.epoch, 0}));
    }

    void pause(GroupId id) {
        save_checkpoint(id);
        auto so_far = result_of(id, at(id).training->ends.front(), record::TrialState::paused);
        so_far.trial = at(id).training->trial;
        end_training(id, {so_far, at_until(id)});
    }

    bool at_until(GroupId id) {
        const auto& training = *at(id).training;
        return training.until_epoch && at(id).epoch >= *training.until_epoch &&
               std::ranges::none_of(training.ends, [&](const auto& end) {
                   return epochs_of(end.permutation) <= at(id).epoch;
               });
    }

    void finish(GroupId id, const record::TrainingEnd& end, record::TrialState state) {
        EXPECT_FALSE(disk_.result_files.contains(end.trial)) << "it ends twice";
        const record::TrialResult result = result_of(id, end, state);
        disk_.result_files[end.trial] = result;
        std::erase(at(id).training->ends, record::TrainingEnd(end));
        carry_out(id, at(id).machine.end_reached(result));
    }

    void end_training(GroupId id, const record::Trained& trained) {
        at(id).training.reset();
        carry_out(id, at(id).machine.trained(trained, 1));
    }

    record::TrialResult result_of(GroupId id, const record::TrainingEnd& end,
                                  record::TrialState state) {
        record::TrialResult result;
        result.trial = end.trial;
        result.permutation = end.permutation;
        result.state = state;
        for (std::int64_t epoch = 0; epoch < at(id).epoch; ++epoch) {
            result.history.push_back(report_of(at(id).training->trial, epoch));
        }
        return result;
    }

    /// The Dice depends on trial and epoch only.
    static record::EpochReport report_of(TrialId trial, std::int64_t epoch) {
        record::EpochReport report;
        report.epoch = epoch;
        core::RandomStream value(core::derive_seed(trial, {static_cast<std::uint64_t>(epoch)}));
        report.metrics.dice_coef = value.uniform();
        return report;
    }

    static std::string file_of(TrialId trial) { return std::to_string(trial) + ".h5"; }

    void start_training(GroupId id, const record::Assignment& assignment) {
        const TrialId trial = assignment.trial;
        EXPECT_FALSE(at(id).drained) << "it starts a trial after Drain or Stop";
        std::vector<TrialId> ends;
        for (const auto& end : assignment.ends) {
            ends.push_back(end.trial);
            EXPECT_EQ(end.permutation, disk_.record.permutation(end.trial));
        }
        EXPECT_EQ(ends, disk_.record.unfinished_trials(trial));
        for (Group& other : groups_) {
            if (!other.training) continue;
            EXPECT_NE(other.training->trial, trial) << "two groups train it";
            EXPECT_FALSE(must_run_alone(trial)) << "it does not run alone";
            EXPECT_FALSE(must_run_alone(other.training->trial)) << "it runs beside another";
        }
        at(id).training = assignment;
        at(id).epoch = 0;
        const auto saved = disk_.record.find(trial);
        const bool known = saved != nullptr && saved->progress.checkpoint;
        EXPECT_EQ(assignment.checkpoint, known ? file_of(trial) : "") << "trial " << trial;
        if (!assignment.checkpoint.empty()) at(id).epoch = disk_.checkpoint_epochs.at(trial);
    }

    bool must_run_alone(TrialId trial) const {
        const auto* known = disk_.record.find(trial);
        return known != nullptr && known->progress.must_run_alone();
    }

    void carry_out(GroupId id, const LeaderActions& actions) {
        for (const LeaderAction& action : actions) {
            if (const auto* report = std::get_if<Report>(&action)) {
                at(id).to_dispatcher.push_back(codec::to_json(report->message));
            } else if (const auto* start = std::get_if<StartTraining>(&action)) {
                start_training(id, start->assignment);
            }
        }
    }

    void carry_out(const DispatcherActions& actions) {
        for (const DispatcherAction& action : actions) {
            // A job can die between two lines of the journal.
            killed_ = killed_ || random_.chance(dangers_.kill / 4);
            if (killed_) return;
            if (const auto* write = std::get_if<Write>(&action)) {
                disk_.write(write->event);
            } else {
                const auto& order = std::get<Order>(action);
                at(order.group).to_leader.push_back(codec::to_json(order.message));
            }
        }
    }

    /// Of what has not arrived, the files in the trials' folders tell the next start.
    std::optional<sweep::Ending> die() {
        for (GroupId id = 0; id < std::ssize(groups_); ++id) {
            if (!at(id).training) continue;
            const TrialId trial = at(id).training->trial;
            const auto* known = disk_.record.find(trial);
            if (known != nullptr && known->state == record::TrialState::running) continue;
            disk_.write(record::TrialStarted{trial, leader_of(id), "", disk_.now});
        }
        return std::nullopt;
    }

    void expect_end() {
        for (const Group& group : groups_) {
            EXPECT_TRUE(group.left);
            EXPECT_FALSE(group.training);
            EXPECT_TRUE(group.to_leader.empty());
            EXPECT_TRUE(group.to_dispatcher.empty());
        }
        for (const auto& [id, trial] : disk_.record.trials) {
            EXPECT_NE(trial.state, record::TrialState::running) << "trial " << id;
        }
        EXPECT_EQ(dispatcher_->ending() == sweep::Ending::complete, disk_.record.unfinished() == 0);
        if (dispatcher_->ending() == sweep::Ending::stopped) {
            EXPECT_TRUE(dispatcher_->stop_reason());
        }
        if (dispatcher_->stop_reason() == record::StopReason::signal) {
            EXPECT_TRUE(signalled_);
        }
    }

    core::RandomStream& random_;
    Disk& disk_;
    const Dangers& dangers_;
    std::vector<Group> groups_;
    SweepLimits limits_;
    std::unique_ptr<DispatcherMachine> dispatcher_;
    bool signalled_ = false;
    bool killed_ = false;
};

}  // namespace msunet::dispatch
