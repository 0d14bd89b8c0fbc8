// SPDX-License-Identifier: Apache-2.0
// The scheduler in a search with folds: the first fold decides, the others follow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "scheduler_actions.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Permutations 0, 1, … on three folds.
std::vector<TrialPlan> folded_plans(record::TrialId permutations) {
    std::vector<TrialPlan> all = equal_plans(3 * permutations);
    for (TrialPlan& one : all) {
        if (one.trial % 3 > 0) one.first = one.trial - one.trial % 3;
    }
    return all;
}

/// A halving search of so many permutations with two epochs each.
Scheduler halving(std::vector<TrialPlan> plans, std::size_t permutations, GroupId groups) {
    SearchRules rules;
    rules.kind = StrategyKind::halving;
    rules.factor = 2;
    rules.on_other_folds = 2;
    std::vector<Training> trainings(permutations);
    for (std::size_t i = 0; i < permutations; ++i) {
        trainings[i].trial = 3 * i;
        trainings[i].epochs = 2;
    }
    return Scheduler(std::move(plans), groups, make_strategy(rules, trainings), values_of);
}

TEST(SchedulerFolds, FollowAPermutationThatReachesItsEndOnTheFirst) {
    Scheduler s = halving(folded_plans(2), 2, 1);
    EXPECT_THAT(s.start(), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(TrialPaused{0, 0, true, 0.5, 1}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 3 to 0"));
    EXPECT_THAT(texts(s.on(TrialPaused{0, 3, true, 0.6, 1})), ElementsAre("promote 3", "stop 0"));
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 3 to 0"));
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty()) << "the other folds wait for the end of the first";
    EXPECT_THAT(texts(s.on(TrialEnded{0, 3, false, 0.7})), ElementsAre("assign 4 to 0"));
    EXPECT_THAT(s.on(TrialEnded{0, 4, true, {}}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 5 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 5, false, 0.7})), ElementsAre("end complete"))
        << "those of permutation 0 are left out";
}

TEST(SchedulerFolds, PromotionsComeFirst) {
    Scheduler s = halving(folded_plans(4), 4, 1);
    s.start();
    for (const record::TrialId trial : {0U, 3U, 6U, 9U}) {
        s.on(GroupReady{0});
        s.on(TrialStarted{0, trial});
        s.on(CheckpointSaved{{trial, "c", 1, 0}});
        s.on(TrialPaused{0, trial, true, 0.1 * static_cast<double>(trial), 1});
    }
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 6 to 0"));
    EXPECT_THAT(s.on(TrialEnded{0, 6, false, 0.7}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 9 to 0"));
    EXPECT_THAT(s.on(TrialEnded{0, 9, false, 0.7}), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 7 to 0"));
}

TEST(SchedulerFolds, AreTrainedBeforeFurtherPermutationsBegin) {
    SearchRules rules;
    rules.kind = StrategyKind::asha;
    rules.factor = 2;
    rules.on_other_folds = 2;
    std::vector<Training> trainings(8);
    for (std::size_t i = 0; i < trainings.size(); ++i) {
        trainings[i].trial = 3 * i;
        trainings[i].epochs = 2;
    }
    Scheduler s(folded_plans(8), 2, make_strategy(rules, trainings), values_of);
    s.start();
    std::map<GroupId, record::Assignment> held;
    std::set<GroupId> asking;
    std::set<record::TrialId> ready;  // on other folds
    std::set<record::TrialId> begun;  // on the first fold
    const auto carry_out = [&](const std::vector<SchedulerAction>& actions) {
        for (const auto& action : actions) {
            const auto* assign = std::get_if<Assign>(&action);
            if (assign == nullptr) continue;
            const record::TrialId trial = assign->assignment.trial;
            held[assign->group] = assign->assignment;
            asking.erase(assign->group);
            if (ready.erase(trial) > 0 || !begun.insert(trial).second) continue;
            EXPECT_THAT(ready, IsEmpty()) << "when " << trial << " begins";
        }
    };
    for (GroupId turn = 0; turn < 80; ++turn) {
        const GroupId id = turn % 2;
        if (const auto has = held.extract(id)) {
            const record::TrialId trial = has.mapped().trial;
            s.on(TrialStarted{id, trial});
            if (has.mapped().until_epoch) {
                s.on(CheckpointSaved{{trial, "c", 1, 0}});
                // Late ids are better, so that early ones still wait.
                carry_out(s.on(TrialPaused{id, trial, true, static_cast<double>(trial), 1}));
            } else {
                if (trial % 3 == 0) ready.insert({trial + 1, trial + 2});
                carry_out(s.on(TrialEnded{id, trial, false, 0.5}));
            }
        }
        if (asking.insert(id).second) carry_out(s.on(GroupReady{id}));
    }
    EXPECT_EQ(begun.size(), trainings.size());
    EXPECT_THAT(ready, IsEmpty());
}

TEST(SchedulerFolds, GoOnAfterAnEndThatAnEarlierStartReached) {
    auto plans = folded_plans(1);
    plans.erase(plans.begin(), plans.begin() + 2);  // the trials 0 and 1 have results
    Scheduler s = halving(plans, 0, 1);
    EXPECT_THAT(s.start(), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 2 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 2})), ElementsAre("end complete"));
}

TEST(SchedulerFolds, AreLeftOutWhereTheFirstHasFailed) {
    Scheduler s = halving(folded_plans(1), 1, 1);
    s.start();
    s.on(GroupReady{0});
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0, true, {}})), ElementsAre("end complete"));

    auto plans = folded_plans(1);
    plans[0].progress.deaths = 4;
    plans[2].progress.deaths = 4;  // of an attempt before the first one was retried
    Scheduler dead = halving(plans, 1, 1);
    EXPECT_THAT(texts(dead.start()), ElementsAre("fail 2", "fail 0", "end complete"));
}

TEST(SchedulerFolds, AreTrainedForThePermutationsThatAreDoneInASharedTraining) {
    std::vector<TrialPlan> plans{plan(0), plan(1), plan(2)};
    for (TrialPlan& one : plans) {
        one.ends = {one.trial, one.trial + 3, one.trial + 6};
        if (one.trial > 0) one.first = 0;
    }
    Scheduler s = halving(plans, 1, 1);
    s.start();
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(s.on(TrialEnded{0, 0, false, 0.5}), IsEmpty());
    EXPECT_THAT(s.on(GroupReady{0}), IsEmpty()) << "the first fold is still trained for others";
    EXPECT_THAT(s.on(TrialEnded{0, 6, true, {}}), IsEmpty());
    const auto actions = s.on(TrialEnded{0, 3, false, 0.6});
    ASSERT_THAT(texts(actions), ElementsAre("assign 1 to 0"));
    std::vector<record::TrialId> ends;
    for (const auto& end : std::get<Assign>(actions[0]).assignment.ends) ends.push_back(end.trial);
    EXPECT_THAT(ends, ElementsAre(1, 4)) << "not permutation 2, which has failed";
}

}  // namespace
}  // namespace msunet::sweep
