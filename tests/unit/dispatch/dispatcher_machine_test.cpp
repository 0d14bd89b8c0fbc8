// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/dispatcher_machine.hpp"

#include <gmock/gmock.h>

#include "msunet/record/event.hpp"

namespace msunet::dispatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A sweep of trials 0, 1, … whose Dice is a tenth of their id, led by ranks 0, 4, 8, …
class DispatcherMachineTest : public testing::Test {
protected:
    DispatcherMachine begin(std::size_t trials, sweep::GroupId groups, SweepLimits limits = {}) {
        record::SweepStart start;
        for (std::size_t i = 0; i < trials; ++i) {
            start.trials.push_back(i);
            start.grid["n"].emplace_back(static_cast<std::int64_t>(i));
        }
        start.metric = "dice_coef";
        start.owner = {"here", 7, ""};
        record::update(record_, start);
        return machine(groups, std::move(limits));
    }

    DispatcherMachine machine(sweep::GroupId groups, SweepLimits limits = {}) {
        std::vector<int> leaders;
        for (int group = 0; group < groups; ++group) leaders.push_back(4 * group);
        sweep::Scheduler scheduler(
            sweep::plans(record_, [](const core::Permutation&) { return 1.0; }), groups,
            sweep::make_strategy(rules_, sweep::trainings(record_, 9)),
            [this](record::TrialId id) { return record_.permutation(id); });
        return {record_, std::move(leaders), std::move(scheduler), std::move(limits), 100};
    }

    /// "assign 3 to 0", "trial_finished", …; writes to the record.
    std::vector<std::string> texts(const DispatcherActions& actions) {
        std::vector<std::string> result;
        for (const DispatcherAction& action : actions) {
            if (const auto* write = std::get_if<Write>(&action)) {
                record::update(record_, write->event);
                result.emplace_back(
                    std::visit([]<class T>(const T&) { return T::name; }, write->event));
            } else {
                result.push_back(text_of(std::get<Order>(action)));
            }
        }
        return result;
    }

    static std::string text_of(const Order& order) {
        std::string text(std::visit([]<class T>(const T&) { return T::name; }, order.message));
        if (const auto* assign = std::get_if<Assign>(&order.message)) {
            text += " " + std::to_string(assign->assignment.trial);
        }
        return text + " to " + std::to_string(order.group);
    }

    static Ended ended(record::TrialId trial) {
        record::TrialResult result;
        result.trial = trial;
        result.history.emplace_back().metrics.dice_coef = 0.1 * static_cast<double>(trial);
        return {result};
    }

    /// A trial that has been trained so many epochs, to a rung.
    static Paused reached(record::TrialId trial, std::size_t epochs) {
        auto result = ended(trial).result;
        result.state = record::TrialState::paused;
        result.history.resize(epochs, result.history.front());
        for (std::size_t i = 0; i < epochs; ++i) {
            result.history[i].epoch = static_cast<std::int64_t>(i);
        }
        result.ranks = 2;
        return {trial, result, 1};
    }

    record::SweepRecord record_;
    sweep::SearchRules rules_;
};

TEST_F(DispatcherMachineTest, WritesBeforeItDecides) {
    auto machine = begin(2, 1);
    EXPECT_THAT(machine.begin(100), IsEmpty());
    EXPECT_THAT(texts(machine.receive(0, Ready{}, 101)), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(machine.receive(0, Started{0, ""}, 101)), ElementsAre("trial_started"));
    EXPECT_THAT(texts(machine.receive(0, Ready{}, 101)), ElementsAre("assign 1 to 0"));
    EXPECT_THAT(texts(machine.receive(0, EpochEnded{0, {}}, 102)), ElementsAre("epoch"));
    EXPECT_THAT(texts(machine.receive(0, CheckpointSaved{{0, "c", 1, 0}}, 103)),
                ElementsAre("checkpoint"));
    EXPECT_THAT(texts(machine.receive(0, ended(0), 104)), ElementsAre("trial_finished"));
    EXPECT_THAT(texts(machine.receive(0, Started{1, ""}, 105)), ElementsAre("trial_started"));
    EXPECT_THAT(texts(machine.receive(0, ended(1), 106)),
                ElementsAre("trial_finished", "end to 0"));
    EXPECT_FALSE(machine.is_over());
    EXPECT_THAT(machine.receive(0, Left{}, 107), IsEmpty());
    EXPECT_TRUE(machine.is_over());
    EXPECT_EQ(machine.ending(), sweep::Ending::complete);
    EXPECT_EQ(record_.find(1)->progress.deaths, 0);
    EXPECT_EQ(record_.timeline[1].from, 105);
}

TEST_F(DispatcherMachineTest, TheLeadersRankIsRecorded) {
    auto machine = begin(2, 2);
    (void)machine.begin(100);
    (void)machine.receive(1, Ready{}, 101);
    texts(machine.receive(1, Started{0, ""}, 101));
    EXPECT_EQ(record_.find(0)->rank, 4);
}

TEST_F(DispatcherMachineTest, ASignalStopsAllGroupsOnce) {
    auto machine = begin(3, 2);
    (void)machine.begin(100);
    EXPECT_THAT(texts(machine.receive(0, Ready{}, 101)), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(machine.receive(0, Started{0, ""}, 101)), ElementsAre("trial_started"));
    EXPECT_THAT(texts(machine.receive(0, SignalReceived{}, 102)),
                ElementsAre("stop to 0", "stop to 1"));
    EXPECT_THAT(machine.receive_signal(103), IsEmpty());
    EXPECT_THAT(texts(machine.receive(0, Paused{0, {}, 1}, 104)),
                ElementsAre("trial_paused", "end to 0", "end to 1"));
    EXPECT_EQ(machine.ending(), sweep::Ending::stopped);
    EXPECT_EQ(machine.stop_reason(), record::StopReason::signal);
}

TEST_F(DispatcherMachineTest, LimitsAreAppliedWhenTheirTimeHasCome) {
    SweepLimits limits;
    limits.time_limit = 110;
    limits.stop_before = 120;
    auto machine = begin(3, 1, limits);
    (void)machine.begin(100);
    (void)machine.receive(0, Ready{}, 101);
    texts(machine.receive(0, Started{0, ""}, 101));
    EXPECT_THAT(machine.pass_time(109), IsEmpty());
    EXPECT_THAT(texts(machine.pass_time(110)), ElementsAre("drain to 0"));
    EXPECT_THAT(machine.pass_time(111), IsEmpty());
    EXPECT_THAT(texts(machine.pass_time(120)), ElementsAre("stop to 0"));
    EXPECT_EQ(machine.stop_reason(), record::StopReason::stop_before);
}

TEST_F(DispatcherMachineTest, NoTrialStartsAfterATimeLimitThatHasPassed) {
    SweepLimits limits;
    limits.time_limit = 90;
    auto machine = begin(3, 1, limits);
    EXPECT_THAT(texts(machine.begin(100)), ElementsAre("drain to 0", "end to 0"));
    EXPECT_THAT(machine.receive(0, Ready{}, 101), IsEmpty());
    EXPECT_EQ(machine.ending(), sweep::Ending::time_limit);
}

TEST_F(DispatcherMachineTest, WritesAHeartbeatEvery30Seconds) {
    auto machine = begin(1, 1);
    (void)machine.begin(100);
    EXPECT_THAT(machine.pass_time(129), IsEmpty());
    EXPECT_THAT(texts(machine.pass_time(131)), ElementsAre("heartbeat"));
    EXPECT_THAT(machine.pass_time(160), IsEmpty());
    EXPECT_THAT(texts(machine.pass_time(161)), ElementsAre("heartbeat"));
    EXPECT_EQ(record_.last_event_at, 161);
}

TEST_F(DispatcherMachineTest, AReachedTargetEndsTheSweep) {
    SweepLimits limits;
    limits.target = sweep::PerformanceTarget{"dice_coef", 0.15, false};
    auto first = begin(4, 1, limits);
    (void)first.begin(100);
    for (record::TrialId trial = 0; trial < 2; ++trial) {
        (void)first.receive(0, Ready{}, 101);
        texts(first.receive(0, Started{trial, ""}, 101));
        EXPECT_THAT(texts(first.receive(0, ended(trial), 102)), ElementsAre("trial_finished"));
    }
    (void)first.receive(0, Ready{}, 103);
    texts(first.receive(0, Started{2, ""}, 103));
    EXPECT_THAT(texts(first.receive(0, ended(2), 104)),
                ElementsAre("trial_finished", "drain to 0", "end to 0"));
    EXPECT_EQ(first.ending(), sweep::Ending::target);

    auto second = machine(1, limits);
    EXPECT_THAT(texts(second.begin(200)), ElementsAre("drain to 0", "end to 0"))
        << "an earlier start reached it";
}

TEST_F(DispatcherMachineTest, WithFoldsAMeanReachesTheTarget) {
    SweepLimits limits;
    limits.target = sweep::PerformanceTarget{"dice_coef", 0.4, false};
    record::SweepStart start;
    for (std::int64_t i = 0; i < 3; ++i) start.grid["n"].emplace_back(i);
    start.folding = {2, 1};
    start.trials = record::trials_of_permutations(start.folding, {0, 1, 2});
    start.metric = "dice_coef";
    start.owner = {"here", 7, ""};
    record::update(record_, start);
    auto first = machine(1, limits);
    (void)first.begin(100);
    const auto train = [&](record::TrialId trial, double dice) {
        (void)first.receive(0, Ready{}, 101);
        texts(first.receive(0, Started{trial, ""}, 101));
        auto message = ended(trial);
        message.result.history.back().metrics.dice_coef = dice;
        return texts(first.receive(0, message, 102));
    };
    EXPECT_THAT(train(0, 0.5), ElementsAre("trial_finished")) << "one fold alone";
    EXPECT_THAT(texts(machine(1, limits).begin(200)), IsEmpty()) << "nor for a later start";
    EXPECT_THAT(train(1, 0.1), ElementsAre("trial_finished")) << "the mean is 0.3";
    EXPECT_THAT(train(2, 0.5), ElementsAre("trial_finished"));
    EXPECT_THAT(train(3, 0.4), ElementsAre("trial_finished", "drain to 0", "end to 0"));
    EXPECT_THAT(texts(machine(1, limits).begin(300)), ElementsAre("drain to 0", "end to 0"))
        << "an earlier start reached it";
}

TEST_F(DispatcherMachineTest, ASearchWritesItsDecisionsBeforeWhatFollowsFromThem) {
    rules_.kind = sweep::StrategyKind::halving;
    rules_.factor = 2;
    auto first = begin(2, 1);
    (void)first.begin(100);
    for (record::TrialId trial = 0; trial < 2; ++trial) {
        (void)first.receive(0, Ready{}, 101);
        texts(first.receive(0, Started{trial, ""}, 101));
    }
    EXPECT_THAT(texts(first.receive(0, reached(0, 1), 102)), ElementsAre("epoch", "rung_reached"))
        << "the report of its epoch got lost";
    EXPECT_EQ(record_.find(0)->state, record::TrialState::paused);
    EXPECT_EQ(record_.find(0)->rungs.at(0).value, 0.0);
    (void)first.receive(0, Ready{}, 103);
    texts(first.receive(0, EpochEnded{1, reached(1, 1).reached->history[0]}, 104));
    EXPECT_THAT(texts(first.receive(0, reached(1, 1), 105)),
                ElementsAre("rung_reached", "trial_promoted", "trial_finished", "assign 1 to 0"));
    EXPECT_EQ(record_.find(1)->promotions.at(0).until_epoch, 2);
    const auto* stopped = record_.result(0);
    ASSERT_NE(stopped, nullptr);
    EXPECT_EQ(stopped->state, record::TrialState::stopped);
    EXPECT_EQ(stopped->history.size(), 1U);
    EXPECT_EQ(stopped->ranks, 2) << "as at its rung";

    auto second = machine(1);
    EXPECT_THAT(second.begin(200), IsEmpty()) << "nothing is decided again";
    EXPECT_THAT(texts(second.receive(0, Ready{}, 201)), ElementsAre("assign 1 to 0"));
}

TEST_F(DispatcherMachineTest, AnEndBetweenAPauseAndItsDecisionLeavesTheDecisionToTheNextStart) {
    rules_.kind = sweep::StrategyKind::halving;
    rules_.factor = 2;
    (void)begin(2, 1);
    for (record::TrialId trial = 0; trial < 2; ++trial) {
        const auto result = *reached(trial, 1).reached;
        record::update(record_, record::TrialStarted{trial, 0, "", 10});
        record::update(record_, record::EpochFinished{trial, result.history[0], 11});
        record::update(record_,
                       record::RungReached{trial, 1, 0.1 * static_cast<double>(trial), result, 12});
    }
    auto second = machine(1);
    EXPECT_THAT(texts(second.begin(200)), ElementsAre("trial_promoted", "trial_finished"));
    EXPECT_EQ(record_.result(0)->state, record::TrialState::stopped);
    EXPECT_THAT(texts(second.receive(0, Ready{}, 201)), ElementsAre("assign 1 to 0"));
}

TEST_F(DispatcherMachineTest, ATrialThatKilledTheJobTooOftenFailsWithWhatIsKnownOfIt) {
    (void)begin(2, 1);
    for (int death = 0; death < 4; ++death) {
        record::update(record_, record::TrialStarted{1, 4, "", 10.0 + death});
        record::update(record_, record::EpochFinished{1, {}, 10.5 + death});
        record::update(record_, record::Resumed{{}, {}, 11.0 + death});
    }
    auto second = machine(1);
    EXPECT_THAT(texts(second.begin(200)), ElementsAre("trial_finished"));
    const record::TrialResult* result = record_.result(1);
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(result->state, record::TrialState::failed);
    EXPECT_EQ(result->reason, "the process died 4 times");
    EXPECT_EQ(result->permutation, record_.permutation(1));
    EXPECT_EQ(result->history.size(), 1U);
    EXPECT_EQ(result->started_at, 10);
    EXPECT_EQ(result->ended_at, 200);
    EXPECT_EQ(result->duration, 2);
    EXPECT_EQ(result->rank, 4);
}

}  // namespace
}  // namespace msunet::dispatch
