// SPDX-License-Identifier: Apache-2.0
// Random sweeps: groups that train, fail and are late with their messages; jobs that are
// stopped, run into limits, or die at any moment; all started again until nothing is left to do.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "msunet/core/random.hpp"
#include "msunet/record/event.hpp"
#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {
namespace {

using record::TrialId;

/// What is injected into one sweep.
struct Dangers {
    double kill = 0;           ///< chance a step that the job dies
    double stop = 0;           ///< likewise that a stop is requested
    double limit = 0;          ///< likewise that a limit is reached
    std::set<TrialId> deadly;  ///< trials that kill the job whenever they train
};

/// A group as the scheduler sees it through messages that may be late in both directions.
struct Worker {
    std::deque<SchedulerAction> inbox;
    std::deque<SchedulerEvent> outbox;
    std::deque<record::Assignment> queue;
    std::optional<record::Assignment> training;
    std::int64_t epoch = 0;
    bool asked = false;
    bool draining = false;
    bool stopping = false;
};

class Simulation {
public:
    Simulation(std::uint64_t seed, std::size_t trials, GroupId groups, Dangers dangers)
        : random_(seed), group_count_(groups), dangers_(std::move(dangers)) {
        record::SweepStart start;
        for (std::size_t i = 0; i < 2 * trials; ++i) {
            start.grid["n"].emplace_back(static_cast<std::int64_t>(i));
        }
        for (std::size_t i = 0; i < trials; ++i) start.trials.push_back(2 * i);
        update(record_, start);
    }

    /// Starts the program again and again until the sweep is complete.
    void run() {
        for (int start = 0; !complete_; ++start) {
            ASSERT_LT(start, 2000) << "it never ends";
            if (start > 0) update(record_, record::Resumed{{}, {}, ++time_});
            ASSERT_NO_FATAL_FAILURE(run_once());
        }
        for (const TrialId trial : record_.start.trials) {
            EXPECT_EQ(results_[trial], 1) << "trial " << trial;
            const bool gave_up = record_.find(trial)->state == record::TrialState::failed;
            if (dangers_.deadly.contains(trial)) {
                EXPECT_TRUE(gave_up) << "trial " << trial << " can't have finished";
            } else if (dangers_.kill == 0) {
                EXPECT_FALSE(gave_up) << "trial " << trial << " was blamed for others";
            }
        }
        EXPECT_EQ(record_.unfinished(), 0U);
    }

private:
    void run_once() {
        scheduler_ = std::make_unique<Scheduler>(
            plans(record_, [](const core::Permutation&) { return 1.0; }), group_count_,
            grid_strategy(), [this](TrialId trial) { return record_.permutation(trial); });
        workers_.assign(static_cast<std::size_t>(group_count_), {});
        over_ = false;
        carry_out(scheduler_->start());
        for (int step = 0; !over_; ++step) {
            ASSERT_LT(step, 200'000) << "it stands still";
            if (random_.chance(dangers_.kill)) return;
            if (random_.chance(dangers_.stop)) tell(StopRequested{});
            if (random_.chance(dangers_.limit)) tell(TimeLimitReached{});
            if (over_) break;
            bool alive = true;
            ASSERT_NO_FATAL_FAILURE(alive = advance(static_cast<GroupId>(
                                        random_.below(static_cast<std::uint64_t>(group_count_)))));
            if (!alive) return;
        }
    }

    /// One thing happens to a group; false if the job died of it.
    bool advance(GroupId id) {
        Worker& worker = workers_[static_cast<std::size_t>(id)];
        switch (random_.below(3)) {
            case 0:
                receive(worker, id);
                return true;
            case 1:
                return work(worker, id);
            default:
                deliver(worker);
                return true;
        }
    }

    void receive(Worker& worker, GroupId id) {
        if (worker.inbox.empty()) return;
        const SchedulerAction action = worker.inbox.front();
        worker.inbox.pop_front();
        if (const auto* assign = std::get_if<Assign>(&action)) {
            worker.queue.push_back(assign->assignment);
            worker.asked = false;
        } else if (const auto* recall = std::get_if<Recall>(&action)) {
            if (!worker.queue.empty() && worker.queue.back().trial == recall->trial) {
                give_back(worker, id);
            }
        } else {
            worker.draining = true;
            worker.stopping = worker.stopping || std::holds_alternative<StopAll>(action);
        }
    }

    static void give_back(Worker& worker, GroupId id) {
        worker.outbox.emplace_back(TrialReturned{id, worker.queue.back().trial});
        worker.queue.pop_back();
        worker.asked = true;
        worker.outbox.emplace_back(GroupReady{id});
    }

    bool work(Worker& worker, GroupId id) {
        if (worker.draining && !worker.queue.empty()) {
            give_back(worker, id);
            return true;
        }
        const std::size_t in_hand = worker.queue.size() + (worker.training ? 1 : 0);
        if (!worker.asked && in_hand < 2) {
            worker.asked = true;
            worker.outbox.emplace_back(GroupReady{id});
            return true;
        }
        if (worker.training) return train(worker, id);
        if (!worker.queue.empty()) {
            worker.training = worker.queue.front();
            worker.queue.pop_front();
            worker.outbox.emplace_back(TrialBegun{id, worker.training->trial});
        }
        return true;
    }

    bool train(Worker& worker, GroupId id) {
        const TrialId trial = worker.training->trial;
        if (worker.stopping) {
            worker.outbox.emplace_back(TrialSetAside{id, trial, false, std::nullopt, 1});
            worker.training.reset();
            return true;
        }
        if (dangers_.deadly.contains(trial)) {
            // The word that it has begun was sent before, and has arrived.
            while (!worker.outbox.empty()) deliver(worker);
            return over_;
        }
        if (random_.chance(0.3)) {
            worker.outbox.emplace_back(NewCheckpoint{{trial, "c", ++worker.epoch, 0}});
        } else if (random_.chance(0.5)) {
            worker.outbox.emplace_back(TrialEnded{id, trial});
            worker.training.reset();
        }
        return true;
    }

    void deliver(Worker& worker) {
        if (worker.outbox.empty()) return;
        const SchedulerEvent event = worker.outbox.front();
        worker.outbox.pop_front();
        write(event);
        tell(event);
    }

    /// What rank 0 writes to the journal.
    void write(const SchedulerEvent& event) {
        ++time_;
        if (const auto* begun = std::get_if<TrialBegun>(&event)) {
            begin(*begun);
        } else if (const auto* ended = std::get_if<TrialEnded>(&event)) {
            ASSERT_TRUE(scheduler_->holds(ended->group, ended->trial));
            finish(ended->trial, record::TrialState::done);
        } else if (const auto* aside = std::get_if<TrialSetAside>(&event)) {
            update(record_, record::TrialPaused{aside->trial, time_});
        } else if (const auto* saved = std::get_if<NewCheckpoint>(&event)) {
            update(record_, record::CheckpointSaved{saved->checkpoint, time_});
        }
    }

    void begin(const TrialBegun& event) {
        EXPECT_EQ(record_.result(event.trial), nullptr) << "trained again after its result";
        const auto running = scheduler_->running();
        EXPECT_EQ(std::count(running.begin(), running.end(), event.trial), 0) << "trained twice";
        const record::TrialRecord* const known = record_.find(event.trial);
        if (known != nullptr && known->deaths >= deaths_until_alone) {
            EXPECT_TRUE(running.empty()) << "a deadly trial has company";
            EXPECT_EQ(scheduler_->held(), 1U);
        }
        update(record_, record::TrialStarted{event.trial, event.group, "", time_});
    }

    void finish(TrialId trial, record::TrialState state) {
        record::TrialResult result;
        result.trial = trial;
        result.state = state;
        update(record_, record::TrialFinished{result, time_});
        ++results_[trial];
    }

    void tell(const SchedulerEvent& event) { carry_out(scheduler_->on(event)); }

    void carry_out(const std::vector<SchedulerAction>& actions) {
        for (const SchedulerAction& action : actions) {
            EXPECT_FALSE(over_) << "an action after the last";
            if (const auto* assign = std::get_if<Assign>(&action)) {
                workers_[static_cast<std::size_t>(assign->group)].inbox.push_back(action);
            } else if (const auto* recall = std::get_if<Recall>(&action)) {
                workers_[static_cast<std::size_t>(recall->group)].inbox.push_back(action);
            } else if (const auto* lost = std::get_if<GiveUp>(&action)) {
                finish(lost->trial, record::TrialState::failed);
            } else if (const auto* done = std::get_if<Done>(&action)) {
                end(done->ending);
            } else {
                for (Worker& worker : workers_) worker.inbox.push_back(action);
            }
        }
    }

    void end(Ending ending) {
        over_ = true;
        EXPECT_EQ(scheduler_->held(), 0U);
        complete_ = ending == Ending::complete;
        EXPECT_EQ(complete_, record_.unfinished() == 0);
        if (complete_) {
            update(record_, record::Finished{++time_});
        } else {
            update(record_, record::Stopped{record::StopReason::signal, ++time_});
        }
    }

    core::RandomStream random_;
    GroupId group_count_;
    Dangers dangers_;
    record::SweepRecord record_;
    std::unique_ptr<Scheduler> scheduler_;
    std::vector<Worker> workers_;
    std::map<TrialId, int> results_;
    double time_ = 0;
    bool over_ = false;
    bool complete_ = false;
};

Dangers dangers(core::RandomStream& random, std::size_t trials) {
    Dangers result;
    if (random.chance(0.5)) result.kill = random.uniform(0, 0.03);
    if (random.chance(0.5)) result.stop = random.uniform(0, 0.03);
    if (random.chance(0.3)) result.limit = random.uniform(0, 0.02);
    while (random.chance(0.3)) result.deadly.insert(2 * random.below(trials));
    return result;
}

TEST(SchedulerProperty, NoPermutationIsLostRunTwiceOrLeftOut) {
    for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("dangers")}));
        const std::size_t trials = 1 + random.below(14);
        const auto groups = static_cast<GroupId>(1 + random.below(5));
        Simulation(seed, trials, groups, dangers(random, trials)).run();
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace msunet::sweep
