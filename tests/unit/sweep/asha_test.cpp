// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "simulated_search.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using End = Training::End;

SearchRules asha_rules() {
    SearchRules rules;
    rules.kind = StrategyKind::asha;
    return rules;
}

/// Starts the next trial and returns its id.
TrialId started(Strategy& strategy) { return strategy.next().work.at(0).trial; }

TEST(Asha, PromotesAsResultsCome) {
    // Algorithm 2 of Li et al. (2020), η = 3: of n trials at a rung the best ⌊n / 3⌋ go on,
    // whatever is promoted already.
    const auto strategy = make_strategy(asha_rules(), trainings(9, 9));
    EXPECT_TRUE(strategy->begin({0, 1, 2, 3, 4, 5, 6, 7, 8}).empty());
    std::vector<TrialId> ids;
    for (int i = 0; i < 9; ++i) ids.push_back(started(*strategy));
    EXPECT_TRUE(strategy->next().empty());
    EXPECT_TRUE(strategy->paused(ids[0], 0.5).empty());
    EXPECT_TRUE(strategy->paused(ids[1], 0.4).empty());
    EXPECT_THAT(strategy->paused(ids[2], 0.3).work, ElementsAre(Work{ids[0], 3, 1, 0, true}));
    EXPECT_THAT(strategy->paused(ids[3], 0.6).work, ElementsAre(Work{ids[3], 3, 1, 0, true}))
        << "the best of four, although another one was promoted before";
    EXPECT_TRUE(strategy->paused(ids[4], 0.1).work.empty());
    EXPECT_TRUE(strategy->paused(ids[5], 0.2).work.empty()) << "the best two of six went on";
}

TEST(Asha, StopsWhatCannotComeAmongTheBestAnyMore) {
    const auto strategy = make_strategy(asha_rules(), trainings(3, 9));
    (void)strategy->begin({0, 1, 2});
    const TrialId first = started(*strategy);
    const TrialId second = started(*strategy);
    const TrialId third = started(*strategy);
    EXPECT_TRUE(strategy->paused(first, 0.5).empty()) << "one of three goes on: maybe this one";
    EXPECT_THAT(strategy->paused(second, 0.6).stopped, ElementsAre(first));
    const auto last = strategy->paused(third, 0.4);
    EXPECT_THAT(last.work, ElementsAre(Work{second, 3, 1, 0, true}));
    EXPECT_THAT(last.stopped, ElementsAre(third));
}

TEST(Asha, AtLeastOneCompletes) {
    for (const std::size_t count : {1U, 2U, 3U, 50U}) {
        SimulatedSearch search(asha_rules(), trainings(count, 20), value_by_id);
        search.groups = 3;
        search.run();
        EXPECT_THAT(search.table(), testing::Contains(testing::HasSubstr("completed 20")));
    }
}

TEST(Asha, OneGroupPromotesAboutAsMuchAsHalving) {
    SimulatedSearch search(asha_rules(), trainings(243, 81), value_by_id);
    search.run();
    EXPECT_EQ(search.at(242).end, End::completed);
    const auto arrivals = search.arrivals();
    EXPECT_GE(arrivals.at(3), 81U);
    EXPECT_LE(arrivals.at(3), 120U);
}

TEST(Asha, AFailedTrialRanksLastAndACompletedOneDoesNotCount) {
    auto all = trainings(4, 9);
    all[3].epochs = 1;
    const auto strategy = make_strategy(asha_rules(), all);
    (void)strategy->begin({0, 1, 2, 3});
    for (int i = 0; i < 4; ++i) (void)strategy->next();
    EXPECT_TRUE(strategy->paused(0, 0.5).empty());
    EXPECT_TRUE(strategy->ended(3, false).empty());
    EXPECT_TRUE(strategy->ended(1, true).empty());
    const auto last = strategy->ended(2, true);
    EXPECT_THAT(last.work, ElementsAre(Work{0, 3, 1, 0, true}));
}

TEST(Asha, WithABudgetItStartsAndPromotesNoMore) {
    SearchRules rules = asha_rules();
    rules.budget = 20;
    SimulatedSearch search(rules, trainings(30, 9), value_by_id);
    search.groups = 2;
    search.run();
    EXPECT_LE(search.assigned(), 20);
    EXPECT_GE(search.assigned(), 15);
    EXPECT_THAT(search.table(), testing::Contains(testing::HasSubstr("stopped 0")));
}

TEST(Asha, TrialsMayJoin) {
    SearchRules rules = asha_rules();
    rules.expected = 3;
    const auto strategy = make_strategy(rules, {});
    EXPECT_TRUE(strategy->begin({}).empty());
    const auto join = [&](TrialId trial, std::int64_t epochs = 9) {
        Training training;
        training.trial = trial;
        training.epochs = epochs;
        return strategy->added(training).work;
    };
    EXPECT_THAT(join(4), ElementsAre(Work{4, 1}));
    EXPECT_TRUE(strategy->paused(4, 0.5).empty()) << "two more are expected";
    EXPECT_THAT(join(2), ElementsAre(Work{2, 1}));
    EXPECT_THAT(strategy->paused(2, 0.4).stopped, ElementsAre(2));
    EXPECT_THAT(join(9), ElementsAre(Work{9, 1}));
    EXPECT_THAT(strategy->paused(9, 0.3).work, ElementsAre(Work{4, 3, 1, 0, true}));
    EXPECT_THAT(join(5, 0), ElementsAre(Work{5, std::nullopt})) << "it has no epochs";
}

}  // namespace
}  // namespace msunet::sweep
