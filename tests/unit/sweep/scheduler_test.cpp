// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

core::Permutation permutation(record::TrialId trial) {
    return {{"n", static_cast<std::int64_t>(trial)}};
}

TrialPlan plan(record::TrialId trial, double cost = 1) {
    TrialPlan result;
    result.trial = trial;
    result.cost = cost;
    return result;
}

std::vector<TrialPlan> equal_plans(record::TrialId count) {
    std::vector<TrialPlan> all;
    for (record::TrialId i = 0; i < count; ++i) all.push_back(plan(i));
    return all;
}

Scheduler scheduler(std::vector<TrialPlan> all, GroupId groups) {
    return Scheduler(std::move(all), groups, grid_strategy(), permutation);
}

/// "assign 0 to 1", "recall 3 from 0", "drain", "stop all", "give up 2", "done complete".
std::vector<std::string> texts(const std::vector<SchedulerAction>& actions) {
    static const char* const endings[] = {"complete", "stopped", "time limit", "target",
                                          "no groups"};
    struct Text {
        std::string operator()(const Assign& a) const {
            return "assign " + std::to_string(a.assignment.trial) + " to " +
                   std::to_string(a.group);
        }
        std::string operator()(const Recall& a) const {
            return "recall " + std::to_string(a.trial) + " from " + std::to_string(a.group);
        }
        std::string operator()(const Drain&) const { return "drain"; }
        std::string operator()(const StopAll&) const { return "stop all"; }
        std::string operator()(const GiveUp& a) const {
            return "give up " + std::to_string(a.trial);
        }
        std::string operator()(const Done& a) const {
            return std::string("done ") + endings[static_cast<int>(a.ending)];
        }
    };
    std::vector<std::string> result;
    for (const SchedulerAction& action : actions) result.push_back(std::visit(Text{}, action));
    return result;
}

TEST(Scheduler, RunsAllTrialsOnOneGroup) {
    Scheduler s = scheduler(equal_plans(2), 1);
    EXPECT_THAT(s.start(), IsEmpty());
    EXPECT_EQ(s.waiting(), 2U);
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(TrialBegun{0, 0}), IsEmpty());
    EXPECT_THAT(s.running(), ElementsAre(0U));
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0")) << "one ahead";
    EXPECT_EQ(s.held(), 2U);
    EXPECT_THAT(s.on(TrialEnded{0, 0}), IsEmpty());
    EXPECT_THAT(s.on(TrialBegun{0, 1}), IsEmpty());
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1})), ElementsAre("done complete"));
    EXPECT_TRUE(s.done());
    EXPECT_EQ(s.ended(), 2U);
}

TEST(Scheduler, NothingToDoIsDoneAtOnce) {
    Scheduler s = scheduler({}, 2);
    EXPECT_THAT(texts(s.start()), ElementsAre("done complete"));
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
}

TEST(Scheduler, CheckpointsFirstThenTheLongestThenById) {
    std::vector<TrialPlan> all{plan(0, 1), plan(1, 5), plan(2, 5), plan(3, 0.5), plan(4, 9)};
    all[3].checkpoint = record::CheckpointReport{3, "trials/3/checkpoint.h5", 2, 0};
    all[3].spent_seconds = 12.5;
    all[3].first_started_at = 77;
    Scheduler s = scheduler(all, 5);
    s.start();
    std::vector<record::TrialId> order;
    for (GroupId group = 0; group < 5; ++group) {
        const auto actions = s.on(GroupReady{group});
        ASSERT_EQ(actions.size(), 1U);
        const record::Assignment& assignment = std::get<Assign>(actions[0]).assignment;
        order.push_back(assignment.trial);
        EXPECT_EQ(assignment.permutation, permutation(assignment.trial));
        EXPECT_EQ(assignment.until_epoch, std::nullopt);
        if (assignment.trial == 3) {
            EXPECT_EQ(assignment.checkpoint, "trials/3/checkpoint.h5");
            EXPECT_EQ(assignment.spent_seconds, 12.5);
            EXPECT_EQ(assignment.first_started_at, 77);
        } else {
            EXPECT_EQ(assignment.checkpoint, "");
        }
    }
    EXPECT_THAT(order, ElementsAre(3, 4, 1, 2, 0));
}

TEST(Scheduler, KeepsNothingAheadWhereOthersWouldGoWithout) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0")) << "two wait, two groups";
    EXPECT_THAT(texts(s.on(GroupReady{1})), ElementsAre("assign 2 to 1"));
    EXPECT_THAT(s.on(GroupReady{1}), IsEmpty());
}

TEST(Scheduler, RecallsForAnIdleGroupWhatWaitsBehindAnother) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupReady{0});  // trial 1 waits behind trial 0
    s.on(GroupReady{1});
    s.on(TrialBegun{1, 2});
    s.on(GroupReady{1});
    EXPECT_THAT(texts(s.on(TrialEnded{1, 2})), ElementsAre("recall 1 from 0"));
    EXPECT_THAT(s.on(NewCheckpoint{{0, "c", 1, 0}}), IsEmpty()) << "asked once only";
    EXPECT_THAT(texts(s.on(TrialReturned{0, 1})), ElementsAre("assign 1 to 1"));
}

TEST(Scheduler, ARecallThatComesTooLateChangesNothing) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupReady{0});
    s.on(GroupReady{1});
    s.on(TrialBegun{1, 2});
    s.on(GroupReady{1});
    s.on(TrialEnded{1, 2});  // recalls trial 1
    s.on(TrialEnded{0, 0});
    s.on(TrialBegun{0, 1});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1})), ElementsAre("done complete"));
}

TEST(Scheduler, AStopSetsEverythingAside) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(StopRequested{})), ElementsAre("stop all"));
    EXPECT_THAT(s.on(StopRequested{}), IsEmpty());
    EXPECT_THAT(s.on(TimeLimitReached{}), IsEmpty());
    EXPECT_THAT(s.on(TrialReturned{0, 1}), IsEmpty());
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialSetAside{0, 0, false, std::nullopt, 3})),
                ElementsAre("done stopped"));
    EXPECT_EQ(s.waiting(), 5U);
}

TEST(Scheduler, AStopAfterTheLastResultIsComplete) {
    Scheduler s = scheduler(equal_plans(1), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(StopRequested{});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("done complete"));
}

TEST(Scheduler, ATimeLimitLetsWhatRunsFinish) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(TimeLimitReached{})), ElementsAre("drain"));
    EXPECT_THAT(s.on(TrialReturned{0, 1}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("done time limit"));
}

TEST(Scheduler, ATargetEndsAndAStopStillInterrupts) {
    Scheduler s = scheduler(equal_plans(5), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupReady{1});
    s.on(TrialBegun{1, 1});
    s.on(TrialEnded{0, 0});
    EXPECT_THAT(texts(s.on(TargetReached{})), ElementsAre("drain"));
    EXPECT_THAT(s.on(TimeLimitReached{}), IsEmpty());
    EXPECT_THAT(texts(s.on(StopRequested{})), ElementsAre("stop all"));
    EXPECT_THAT(texts(s.on(TrialSetAside{1, 1, false, std::nullopt, 0})),
                ElementsAre("done stopped"));
}

TEST(Scheduler, ALimitBeforeAnythingRunsEndsAtOnce) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    EXPECT_THAT(texts(s.on(TimeLimitReached{})), ElementsAre("drain", "done time limit"));
}

TEST(Scheduler, ALostGroupsTrialsGoToOthers) {
    Scheduler s = scheduler(equal_plans(4), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(NewCheckpoint{{0, "trials/0/checkpoint.h5", 1, 0}});
    s.on(GroupReady{0});
    s.on(GroupReady{0});
    EXPECT_THAT(s.on(GroupLost{0}), IsEmpty());
    EXPECT_EQ(s.waiting(), 4U);
    const auto actions = s.on(GroupReady{1});
    ASSERT_EQ(actions.size(), 1U);
    EXPECT_EQ(std::get<Assign>(actions[0]).assignment.trial, 0U);
    EXPECT_EQ(std::get<Assign>(actions[0]).assignment.checkpoint, "trials/0/checkpoint.h5");
    EXPECT_THAT(s.on(TrialEnded{0, 0}), IsEmpty()) << "a late word of a lost group";
    EXPECT_FALSE(s.holds(0, 0));
    EXPECT_TRUE(s.holds(1, 0));
    EXPECT_EQ(s.ended(), 0U);
}

TEST(Scheduler, WithoutGroupsItEnds) {
    Scheduler s = scheduler(equal_plans(4), 1);
    s.start();
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(GroupLost{0})), ElementsAre("done no groups"));
}

TEST(Scheduler, ADeadlyTrialRunsAloneAtTheEnd) {
    std::vector<TrialPlan> all = equal_plans(3);
    all[0].cost = 99;
    all[0].deaths = 3;
    Scheduler s = scheduler(all, 2);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0"));
    s.on(TrialBegun{0, 1});
    EXPECT_THAT(texts(s.on(GroupReady{1})), ElementsAre("assign 2 to 1"));
    s.on(TrialBegun{1, 2});
    s.on(TrialEnded{0, 1});
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty()) << "trial 2 still runs";
    EXPECT_THAT(texts(s.on(TrialEnded{1, 2})), ElementsAre("assign 0 to 0"));
    s.on(TrialBegun{0, 0});
    EXPECT_THAT(s.on(GroupReady{1}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("done complete"));
}

TEST(Scheduler, DeadlyTrialsRunOneAfterTheOther) {
    std::vector<TrialPlan> all = equal_plans(2);
    all[0].deaths = all[1].deaths = 3;
    Scheduler s = scheduler(all, 2);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(GroupReady{1}), IsEmpty());
    s.on(TrialBegun{0, 0});
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("assign 1 to 1"));
}

TEST(Scheduler, TheFourthDeathIsTheLast) {
    std::vector<TrialPlan> all = equal_plans(2);
    all[1].deaths = 4;
    Scheduler s = scheduler(all, 1);
    const auto actions = s.start();
    EXPECT_THAT(texts(actions), ElementsAre("give up 1"));
    EXPECT_EQ(std::get<GiveUp>(actions[0]).reason, "the process died 4 times");
    EXPECT_EQ(s.ended(), 1U);
    EXPECT_EQ(s.waiting(), 1U);
}

TEST(Scheduler, ATrialThatLosesGroupsIsGivenUpToo) {
    std::vector<TrialPlan> all = equal_plans(1);
    all[0].deaths = 2;
    Scheduler s = scheduler(all, 3);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialBegun{0, 0});
    s.on(GroupLost{0});
    s.on(GroupReady{1});
    s.on(TrialBegun{1, 0});
    EXPECT_THAT(texts(s.on(GroupLost{1})), ElementsAre("give up 0", "done complete"));
}

TEST(Scheduler, OnlyANewCheckpointForgivesDeaths) {
    std::vector<TrialPlan> all = equal_plans(1);
    all[0].deaths = 3;
    all[0].checkpoint = record::CheckpointReport{0, "c", 2, 0};
    for (const std::int64_t epoch : {2, 3}) {
        Scheduler s = scheduler(all, 2);
        s.start();
        s.on(GroupReady{0});
        s.on(TrialBegun{0, 0});
        s.on(NewCheckpoint{{0, "c", epoch, 0}});
        const auto actions = texts(s.on(GroupLost{0}));
        if (epoch == 2) {
            EXPECT_THAT(actions, ElementsAre("give up 0", "done complete"));
        } else {
            EXPECT_THAT(actions, IsEmpty());
        }
    }
}

TEST(Scheduler, WhatCannotBeIsAnErrorOfTheProgram) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    EXPECT_THROW(s.on(GroupReady{2}), std::logic_error);
    EXPECT_THROW(s.on(GroupReady{-1}), std::logic_error);
    EXPECT_THROW(s.on(TrialEnded{0, 0}), std::logic_error);
    s.on(GroupReady{0});
    EXPECT_THROW(s.on(TrialBegun{1, 0}), std::logic_error);
    EXPECT_THROW(s.on(TrialReturned{0, 1}), std::logic_error);
}

}  // namespace
}  // namespace msunet::sweep
