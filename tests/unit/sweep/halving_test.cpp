// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "simulated_search.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::Pair;
using End = Training::End;

SearchRules halving_rules(std::int64_t factor = 3) {
    SearchRules rules;
    rules.kind = StrategyKind::halving;
    rules.factor = factor;
    return rules;
}

SimulatedSearch searched(SearchRules rules, std::vector<Training> all) {
    SimulatedSearch search(rules, std::move(all), value_by_id);
    search.run();
    return search;
}

TEST(Halving, OneOfFactorGoesOnAtEachRung) {
    // The most aggressive bracket of Table 1 of Li et al. (2018): 81, 27, 9, 3 and 1 trials.
    const auto search = searched(halving_rules(), trainings(81, 81));
    EXPECT_THAT(search.arrivals(),
                ElementsAre(Pair(1, 81), Pair(3, 27), Pair(9, 9), Pair(27, 3), Pair(81, 1)));
    EXPECT_EQ(search.at(80).end, End::completed);
    EXPECT_EQ(search.at(79).end, End::stopped);
    EXPECT_EQ(search.epochs(79), 27);
    EXPECT_EQ(search.epochs(53), 1);
    EXPECT_EQ(search.assigned(), planned_epochs(halving_rules(), trainings(81, 81)));
}

TEST(Halving, TheLastRungIsEachTrialsOwnEnd) {
    auto all = trainings(9, 20);
    for (std::size_t i = 0; i < 9; i += 2) all[i].epochs = 10;
    const auto search = searched(halving_rules(), std::move(all));
    EXPECT_THAT(search.arrivals(), ElementsAre(Pair(1, 9), Pair(3, 3), Pair(9, 1), Pair(10, 1)));
    EXPECT_EQ(search.epochs(8), 10);
    EXPECT_EQ(search.at(8).end, End::completed);
}

TEST(Halving, WhatEndsBeforeARungDoesNotCountThere) {
    auto all = trainings(9, 20);
    for (std::size_t i = 6; i < 9; ++i) all[i].epochs = 1;
    const auto search = searched(halving_rules(), std::move(all));
    EXPECT_EQ(search.at(8).end, End::completed);
    EXPECT_THAT(search.table(), testing::Contains("5 completed 20"));
    EXPECT_THAT(search.table(), testing::Contains("4 stopped 3")) << "two of six go on";
    EXPECT_THAT(search.table(), testing::Contains("3 stopped 1"));
}

TEST(Halving, FailedTrialsRankLast) {
    SimulatedSearch search(halving_rules(2), trainings(4, 2), value_by_id);
    search.failing = {2, 3};
    search.run();
    EXPECT_THAT(search.table(),
                ElementsAre("0 completed 2", "1 completed 2", "2 failed 0", "3 failed 0"));
}

TEST(Halving, NoValueRanksLastAndTiesGoToTheLowerId) {
    SimulatedSearch search(halving_rules(2), trainings(4, 2),
                           [](TrialId trial, std::int64_t) -> std::optional<double> {
                               if (trial == 0) return std::nan("");
                               return trial == 1 ? std::nullopt : std::optional(-1.0);
                           });
    search.run();
    EXPECT_THAT(search.table(),
                ElementsAre("0 stopped 1", "1 stopped 1", "2 completed 2", "3 completed 2"));
}

TEST(Halving, OfLossesTheLowestGoesOn) {
    SearchRules rules = halving_rules();
    rules.lower_is_better = true;
    EXPECT_EQ(searched(rules, trainings(3, 2)).at(0).end, End::completed);
}

TEST(Halving, AtLeastOneCompletes) {
    const auto search = searched(halving_rules(), trainings(2, 20));
    EXPECT_THAT(search.table(), ElementsAre("0 stopped 1", "1 completed 20"));
}

TEST(Halving, TheLargestNumbersAreNoOverflow) {
    SearchRules rules = halving_rules(1'000'000'000);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto search = searched(rules, trainings(2, most / 4));
    EXPECT_EQ(search.epochs(1), most / 4);
}

TEST(Halving, ABudgetAssignsNoMoreAndKeepsTheBest) {
    SearchRules rules = halving_rules();
    rules.budget = 9 + 2 * 2 + 6;  // all to 1, two of three to 3, one of them to 9
    const auto search = searched(rules, trainings(9, 9));
    EXPECT_EQ(search.assigned(), 9 + 2 * 3) << "the third fits, then nothing more";
    rules.budget = 9 + 6 + 6;
    EXPECT_EQ(searched(rules, trainings(9, 9)).at(8).end, End::completed);
}

TEST(Halving, WhatTheBudgetDoesNotStartIsStopped) {
    SearchRules rules = halving_rules();
    rules.budget = 4;
    const auto search = searched(rules, trainings(9, 9));
    EXPECT_EQ(search.assigned(), 4);
    EXPECT_EQ(std::ranges::count_if(search.table(),
                                    [](const auto& row) { return row.ends_with(" stopped 0"); }),
              5);
}

TEST(Halving, TrialsWithoutEpochsRunOutside) {
    auto all = trainings(3, 9);
    all[0].epochs = 0;
    const auto strategy = make_strategy(halving_rules(), all);
    const auto work = strategy->begin({0, 1, 2}).work;
    ASSERT_EQ(work.size(), 3U);
    EXPECT_EQ(work[0], (Work{0, std::nullopt}));
    EXPECT_EQ(work[1].until_epoch, 1);
    EXPECT_TRUE(strategy->ended(0, false).empty());
}

TEST(Halving, ATrialThatRunsAgainIsComparedWithThoseOfItsRung) {
    // Trial 2 failed, the best of the others went on; now it runs again.
    auto all = trainings(3, 9);
    all[0] = {0, 9, {}, true, {0.5}, 0, End::stopped};
    all[1] = {1, 9, {}, true, {0.6, 0.7}, 2, End::completed};
    for (const double value : {0.9, 0.1}) {
        const auto strategy = make_strategy(halving_rules(), all);
        EXPECT_THAT(strategy->begin({2}).work, ElementsAre(Work{2, 1}));
        const auto decided = strategy->paused(2, value);
        EXPECT_EQ(decided.work.size(), value > 0.6 ? 1U : 0U);
        EXPECT_EQ(decided.stopped.size(), value > 0.6 ? 0U : 1U);
    }
}

TEST(Halving, NoTrialJoins) {
    const auto strategy = make_strategy(halving_rules(), trainings(3, 9));
    EXPECT_THROW(strategy->added({}), std::logic_error);
    EXPECT_TRUE(strategy->next().empty());
}

}  // namespace
}  // namespace msunet::sweep
