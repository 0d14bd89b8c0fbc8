// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "scheduler_actions.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Scheduler, RunsAllTrialsOnOneGroup) {
    Scheduler s = scheduler(equal_plans(2), 1);
    EXPECT_THAT(s.start(), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(TrialStarted{0, 0}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0")) << "one ahead";
    EXPECT_THAT(s.on(TrialEnded{0, 0}), IsEmpty());
    EXPECT_THAT(s.on(TrialStarted{0, 1}), IsEmpty());
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1})), ElementsAre("end complete"));
}

TEST(Scheduler, NothingToDoIsDoneAtOnce) {
    Scheduler s = scheduler({}, 2);
    EXPECT_THAT(texts(s.start()), ElementsAre("end complete"));
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
}

TEST(Scheduler, CheckpointsFirstThenTheLongestThenById) {
    std::vector<TrialPlan> all{plan(0, 1), plan(1, 5), plan(2, 5), plan(3, 0.5), plan(4, 9)};
    all[3].progress.checkpoint = record::CheckpointReport{3, "trials/3/checkpoint.h5", 2, 0};
    all[3].spent_seconds = 12.5;
    all[3].checkpoint_seconds = 3.5;
    all[3].first_started_at = 77;
    Scheduler s = scheduler(all, 5);
    s.start();
    std::vector<record::TrialId> order;
    for (GroupId group = 0; group < 5; ++group) {
        const auto actions = s.on(GroupReady{group});
        ASSERT_EQ(actions.size(), 1U);
        const record::Assignment& assignment = std::get<Assign>(actions[0]).assignment;
        order.push_back(assignment.trial);
        ASSERT_EQ(assignment.ends.size(), 1U);
        EXPECT_EQ(assignment.ends[0].permutation, values_of(assignment.trial));
        EXPECT_EQ(assignment.until_epoch, std::nullopt);
        if (assignment.trial == 3) {
            EXPECT_EQ(assignment.checkpoint, "trials/3/checkpoint.h5");
            EXPECT_EQ(assignment.spent_seconds, 12.5);
            EXPECT_EQ(assignment.checkpoint_seconds, 3.5);
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
    s.on(TrialStarted{0, 0});
    s.on(GroupReady{0});  // trial 1 waits behind trial 0
    s.on(GroupReady{1});
    s.on(TrialStarted{1, 2});
    s.on(GroupReady{1});
    EXPECT_THAT(texts(s.on(TrialEnded{1, 2})), ElementsAre("recall 1 from 0"));
    EXPECT_THAT(s.on(CheckpointSaved{{0, "c", 1, 0}}), IsEmpty()) << "asked once only";
    EXPECT_THAT(texts(s.on(TrialReturned{0, 1})), ElementsAre("assign 1 to 1"));
}

TEST(Scheduler, ARecallThatComesTooLateChangesNothing) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(GroupReady{0});
    s.on(GroupReady{1});
    s.on(TrialStarted{1, 2});
    s.on(GroupReady{1});
    s.on(TrialEnded{1, 2});  // recalls trial 1
    s.on(TrialEnded{0, 0});
    s.on(TrialStarted{0, 1});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1})), ElementsAre("end complete"));
}

TEST(Scheduler, AStopPausesEverything) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(StopRequested{})), ElementsAre("stop all"));
    EXPECT_THAT(s.on(StopRequested{}), IsEmpty());
    EXPECT_THAT(s.on(TimeLimitReached{}), IsEmpty());
    EXPECT_THAT(s.on(TrialReturned{0, 1}), IsEmpty());
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialPaused{0, 0, false, std::nullopt, 3})), ElementsAre("end stopped"));
}

TEST(Scheduler, AStopAfterTheLastResultIsComplete) {
    Scheduler s = scheduler(equal_plans(1), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(StopRequested{});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("end complete"));
}

TEST(Scheduler, ATimeLimitLetsWhatRunsFinish) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(TimeLimitReached{})), ElementsAre("drain"));
    EXPECT_THAT(s.on(TrialReturned{0, 1}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("end time limit"));
}

TEST(Scheduler, ATargetEndsAndAStopStillInterrupts) {
    Scheduler s = scheduler(equal_plans(5), 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(GroupReady{1});
    s.on(TrialStarted{1, 1});
    s.on(TrialEnded{0, 0});
    EXPECT_THAT(texts(s.on(TargetReached{})), ElementsAre("drain"));
    EXPECT_THAT(s.on(TimeLimitReached{}), IsEmpty());
    EXPECT_THAT(texts(s.on(StopRequested{})), ElementsAre("stop all"));
    EXPECT_THAT(texts(s.on(TrialPaused{1, 1, false, std::nullopt, 0})), ElementsAre("end stopped"));
}

TEST(Scheduler, ALimitBeforeAnythingRunsEndsAtOnce) {
    Scheduler s = scheduler(equal_plans(5), 1);
    s.start();
    EXPECT_THAT(texts(s.on(TimeLimitReached{})), ElementsAre("drain", "end time limit"));
}

TEST(Scheduler, ATrialThatMustRunAloneRunsAtTheEnd) {
    std::vector<TrialPlan> all = equal_plans(3);
    all[0].cost = 99;
    all[0].progress.deaths = 3;
    Scheduler s = scheduler(all, 2);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0"));
    s.on(TrialStarted{0, 1});
    EXPECT_THAT(texts(s.on(GroupReady{1})), ElementsAre("assign 2 to 1"));
    s.on(TrialStarted{1, 2});
    s.on(TrialEnded{0, 1});
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty()) << "trial 2 still runs";
    EXPECT_THAT(texts(s.on(TrialEnded{1, 2})), ElementsAre("assign 0 to 0"));
    s.on(TrialStarted{0, 0});
    EXPECT_THAT(s.on(GroupReady{1}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("end complete"));
}

TEST(Scheduler, TrialsThatMustRunAloneRunOneAfterTheOther) {
    std::vector<TrialPlan> all = equal_plans(2);
    all[0].progress.deaths = all[1].progress.deaths = 3;
    Scheduler s = scheduler(all, 2);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(GroupReady{1}), IsEmpty());
    s.on(TrialStarted{0, 0});
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0})), ElementsAre("assign 1 to 1"));
}

TEST(Scheduler, TheFourthDeathIsTheLast) {
    std::vector<TrialPlan> all = equal_plans(2);
    all[1].progress.deaths = 4;
    Scheduler s = scheduler(all, 1);
    const auto actions = s.start();
    EXPECT_THAT(texts(actions), ElementsAre("fail 1"));
    EXPECT_EQ(std::get<FailTrial>(actions[0]).reason, "the process died 4 times");
}

TEST(Scheduler, AStrategyDecidesBeforeWhatFollowsIsAssigned) {
    SearchRules rules;
    rules.kind = StrategyKind::halving;
    rules.factor = 2;
    std::vector<Training> trainings(2);
    trainings[1].trial = 1;
    for (Training& training : trainings) training.epochs = 9;
    Scheduler s(equal_plans(2), 2, make_strategy(rules, trainings), values_of);
    s.start();
    for (GroupId group = 0; group < 2; ++group) {
        s.on(GroupReady{group});
        s.on(TrialStarted{group, static_cast<record::TrialId>(group)});
        s.on(GroupReady{group});
    }
    EXPECT_THAT(s.on(TrialPaused{0, 0, true, 0.5, 1}), IsEmpty());
    const auto actions = s.on(TrialPaused{1, 1, true, 0.6, 1});
    EXPECT_THAT(texts(actions), ElementsAre("promote 1", "stop 0", "assign 1 to 0"));
    EXPECT_EQ(std::get<Assign>(actions[2]).assignment.until_epoch, 2);
}

TEST(Scheduler, ATimeLimitEndsASearchThatHasMoreToStart) {
    SearchRules rules;
    rules.kind = StrategyKind::asha;
    std::vector<Training> trainings(3);
    for (std::size_t i = 0; i < 3; ++i) {
        trainings[i].trial = i;
        trainings[i].epochs = 9;
    }
    Scheduler s(equal_plans(3), 1, make_strategy(rules, trainings), values_of);
    EXPECT_THAT(s.start(), IsEmpty());
    const auto first = s.on(GroupReady{0});
    ASSERT_THAT(first, testing::SizeIs(1));
    const auto trial = std::get<Assign>(first[0]).assignment.trial;
    s.on(TrialStarted{0, trial});
    EXPECT_THAT(texts(s.on(TimeLimitReached{})), ElementsAre("drain"));
    EXPECT_THAT(texts(s.on(TrialPaused{0, trial, true, 0.5, 1})), ElementsAre("end time limit"));
}

TEST(Scheduler, ATrainingEndsWithItsLastPermutation) {
    std::vector<TrialPlan> all = equal_plans(2);
    all[0].ends = {0, 4, 6};
    all[0].progress.deaths = 1;
    Scheduler s = scheduler(all, 1);
    s.start();
    const auto first = s.on(GroupReady{0});
    ASSERT_THAT(texts(first), ElementsAre("assign 0 to 0"));
    EXPECT_EQ(std::get<Assign>(first[0]).assignment.ends,
              (std::vector<record::TrainingEnd>{
                  {0, values_of(0)}, {4, values_of(4)}, {6, values_of(6)}}));
    s.on(TrialStarted{0, 0});
    EXPECT_THAT(s.on(TrialEnded{0, 4}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0")) << "one ahead";
    EXPECT_THROW(s.on(TrialEnded{0, 4}), std::logic_error) << "it has its result";
    EXPECT_THAT(s.on(TrialEnded{0, 0}), IsEmpty());
    EXPECT_THAT(s.on(TrialEnded{0, 6}), IsEmpty());
    s.on(TrialStarted{0, 1});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1})), ElementsAre("end complete"));
}

TEST(Scheduler, APausedTrainingGoesOnForThoseThatAreLeft) {
    std::vector<TrialPlan> all = equal_plans(1);
    all[0].ends = {0, 4};
    Scheduler s = scheduler(all, 2);
    s.start();
    s.on(GroupReady{0});
    s.on(TrialStarted{0, 0});
    s.on(TrialEnded{0, 0});
    s.on(GroupReady{1});
    const auto again = s.on(TrialPaused{0, 0, false, std::nullopt, 3});
    ASSERT_THAT(texts(again), ElementsAre("assign 0 to 1"));
    EXPECT_EQ(std::get<Assign>(again[0]).assignment.ends,
              (std::vector<record::TrainingEnd>{{4, values_of(4)}}));
}

TEST(Scheduler, ATrainingThatKillsFailsAllOfItsPermutations) {
    std::vector<TrialPlan> all = equal_plans(1);
    all[0].ends = {0, 4};
    all[0].progress.deaths = 4;
    Scheduler s = scheduler(all, 1);
    EXPECT_THAT(texts(s.start()), ElementsAre("fail 0", "fail 4", "end complete"));
}

TEST(Scheduler, AnImpossibleEventIsAnErrorOfTheProgram) {
    Scheduler s = scheduler(equal_plans(3), 2);
    s.start();
    EXPECT_THROW(s.on(GroupReady{2}), std::logic_error);
    EXPECT_THROW(s.on(GroupReady{-1}), std::logic_error);
    EXPECT_THROW(s.on(TrialEnded{0, 0}), std::logic_error);
    s.on(GroupReady{0});
    EXPECT_THROW(s.on(TrialStarted{1, 0}), std::logic_error);
    EXPECT_THROW(s.on(TrialReturned{0, 1}), std::logic_error);
}

}  // namespace
}  // namespace msunet::sweep
