// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <numeric>

#include "simulated_search.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::Pair;

SearchRules hyperband_rules() {
    SearchRules rules;
    rules.kind = StrategyKind::hyperband;
    return rules;
}

TEST(Hyperband, ItsBracketsAreThePublishedOnes) {
    // Table 1 of Li et al. (2018), R = 81, η = 3.
    EXPECT_THAT(hyperband_brackets(hyperband_rules(), 81, 81 + 34 + 15 + 8 + 5),
                ElementsAre(BracketSize{81, 0}, BracketSize{34, 1}, BracketSize{15, 2},
                            BracketSize{8, 3}, BracketSize{5, 4}));
}

TEST(Hyperband, ItRunsThePublishedTable) {
    SimulatedSearch search(hyperband_rules(), trainings(143, 81), value_by_id);
    search.groups = 4;
    search.run();
    // The columns of the table, added up: 81; 27 + 34; 9 + 11 + 15; 3 + 3 + 5 + 8; 1 + 1 + 1 + 2
    // + 5.
    EXPECT_THAT(search.arrivals(),
                ElementsAre(Pair(1, 81), Pair(3, 61), Pair(9, 35), Pair(27, 19), Pair(81, 10)));
    EXPECT_EQ(search.assigned(), planned_epochs(hyperband_rules(), trainings(143, 81)));
}

TEST(Hyperband, OtherNumbersOfTrialsAreDividedInTheSameProportions) {
    for (const std::size_t trials : {0U, 1U, 5U, 20U, 1024U, 10'000U}) {
        const auto brackets = hyperband_brackets(hyperband_rules(), 81, trials);
        ASSERT_EQ(brackets.size(), 5U);
        std::size_t sum = 0;
        for (const auto& bracket : brackets) sum += bracket.trials;
        EXPECT_EQ(sum, trials);
        EXPECT_NEAR(static_cast<double>(brackets[1].trials),
                    34.0 / 143 * static_cast<double>(trials), 1);
    }
}

TEST(Hyperband, FewEpochsAreOneBracket) {
    EXPECT_THAT(hyperband_brackets(hyperband_rules(), 2, 7), ElementsAre(BracketSize{7, 0}));
    EXPECT_THAT(hyperband_brackets(hyperband_rules(), 0, 0), ElementsAre(BracketSize{0, 0}));
}

TEST(Hyperband, WhichTrialIsInWhichBracketDependsOnTheSeed) {
    const auto starts = [](std::uint64_t seed) {
        SearchRules rules = hyperband_rules();
        rules.seed = seed;
        std::vector<TrialId> ids(20);
        std::iota(ids.begin(), ids.end(), TrialId{0});
        auto work = make_strategy(rules, trainings(20, 9))->begin(ids).work;
        std::ranges::sort(work, {}, &Work::trial);
        return work;
    };
    EXPECT_EQ(starts(1), starts(1));
    EXPECT_NE(starts(1), starts(2));
}

TEST(Hyperband, EachBracketHasItsOwnPartOfTheBudget) {
    SearchRules rules = hyperband_rules();
    rules.budget = 300;
    std::vector<std::string> tables;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        SimulatedSearch search(rules, trainings(143, 81), value_by_id);
        search.groups = seed;
        search.random = core::RandomStream(seed);
        search.run();
        EXPECT_LE(search.assigned(), 300);
        tables.push_back(testing::PrintToString(search.table()));
    }
    EXPECT_EQ(tables[0], tables[1]);
    EXPECT_EQ(tables[0], tables[2]);
    EXPECT_EQ(planned_epochs(rules, trainings(143, 81)), 300);
}

}  // namespace
}  // namespace msunet::sweep
