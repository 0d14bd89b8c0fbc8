// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "msunet/core/error.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// 10 × 20 permutations.
ParameterGrid grid() {
    record::GridLists lists;
    for (std::int64_t i = 0; i < 10; ++i) lists["batch_size"].emplace_back(i + 1);
    for (int i = 0; i < 20; ++i) lists["lr"].emplace_back(0.001 * i);
    return ParameterGrid(lists);
}

ParameterGrid huge() {
    record::GridLists lists;
    for (char c = 'a'; c < 'a' + 12; ++c) {
        for (std::int64_t i = 0; i < 10; ++i) lists[std::string(1, c)].emplace_back(i);
    }
    return ParameterGrid(lists);
}

std::string problem(const ParameterGrid& of, const SweepOptions& options) {
    try {
        static_cast<void>(select(of, options, 1));
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Select, WithoutLimitsTakesTheWholeGrid) {
    const Selection selection = select(grid(), {}, 1);
    EXPECT_EQ(selection.trials.size(), 200U);
    EXPECT_EQ(selection.trials.front(), 0U);
    EXPECT_EQ(selection.trials.back(), 199U);
    EXPECT_THAT(selection.lines, ElementsAre("200 permutations in the grid"));
}

TEST(Select, FractionCountsAsPythonDoes) {
    SweepOptions options;
    options.fraction_limit = 0.29;  // int(200 * 0.29) is 57, as 200 * 0.29 is 57.99999999999999
    EXPECT_EQ(select(grid(), options, 1).trials.size(), 57U);
    options.fraction_limit = 1.0;
    EXPECT_EQ(select(grid(), options, 1).trials.size(), 200U);
    options.fraction_limit = 0.004;
    EXPECT_THAT(problem(grid(), options), HasSubstr("leaves none of 200 permutations"));
}

TEST(Select, FractionComesBeforeRounds) {
    SweepOptions options;
    options.fraction_limit = 0.5;
    options.round_limit = 3;
    EXPECT_EQ(select(grid(), options, 1).trials.size(), 100U);
    options.fraction_limit.reset();
    EXPECT_EQ(select(grid(), options, 1).trials.size(), 3U);
    options.round_limit = 999;
    EXPECT_EQ(select(grid(), options, 1).trials.size(), 200U);
}

TEST(Select, TpeBeginsWithItsFirstSuggestions) {
    SweepOptions options;
    options.sampler = Sampler::tpe;
    options.round_limit = 30;
    const Selection selection = select(grid(), options, 7);
    EXPECT_EQ(selection.trials.size(), 10U);
    EXPECT_EQ(selection.count(), 30U);
    EXPECT_THAT(selection.lines,
                ElementsAre("200 permutations in the grid",
                            "30 of them tried by --round_limit 30 (tpe), 10 drawn to begin with"));
    EXPECT_EQ(select(grid(), options, 7).trials, selection.trials);
    options.round_limit = 4;
    EXPECT_EQ(select(grid(), options, 7).trials.size(), 4U);
    EXPECT_EQ(select(grid(), options, 7).count(), 4U);
}

TEST(Select, TpeTriesOnlyWhatTheExpressionAccepts) {
    SweepOptions options;
    options.sampler = Sampler::tpe;
    options.round_limit = 150;
    options.boolean_limit = "batch_size > 5 and lr < 0.01";
    const Selection selection = select(grid(), options, 7);
    EXPECT_EQ(selection.count(), 50U);  // of 200
    for (const record::TrialId trial : selection.trials) {
        EXPECT_GT(trial / 20 + 1, 5U);
        EXPECT_LT(trial % 20, 10U);
    }
    options.boolean_limit = "lr > 99";
    EXPECT_THAT(problem(grid(), options), HasSubstr("leaves no permutation"));
}

TEST(Select, TheSampleIsDrawnBeforeTheExpressionFiltersIt) {
    SweepOptions options;
    options.round_limit = 50;
    const Selection drawn = select(grid(), options, 7);
    options.boolean_limit = "batch_size > 5 and lr < 0.01";
    const Selection selection = select(grid(), options, 7);
    std::vector<record::TrialId> expected;
    for (const record::TrialId trial : drawn.trials) {
        if (trial / 20 + 1 > 5 && trial % 20 < 10) expected.push_back(trial);
    }
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(selection.trials, expected);
    EXPECT_THAT(
        selection.lines,
        ElementsAre("200 permutations in the grid", "50 of them drawn by --round_limit 50 (random)",
                    std::to_string(expected.size()) +
                        " of them accepted by --boolean_limit 'batch_size > 5 and lr < "
                        "0.01'"));
}

TEST(Select, TheExpressionKnowsTheDefaults) {
    SweepOptions options;
    options.boolean_limit = "epochs * batch_size > 100";
    EXPECT_THAT(problem(grid(), options), HasSubstr("'epochs' is no hyperparameter"));
    const core::Permutation defaults{{"epochs", std::int64_t{20}}, {"batch_size", std::int64_t{0}}};
    EXPECT_EQ(select(grid(), options, 1, defaults).trials.size(), 100U)
        << "the grid's own values win";
}

TEST(Select, AnExpressionThatLeavesNothingIsAnError) {
    SweepOptions options;
    options.boolean_limit = "lr > 1";
    EXPECT_THAT(problem(grid(), options), HasSubstr("leaves no permutation"));
}

TEST(Select, MoreThanAMillionNeedsALimit) {
    EXPECT_THAT(problem(huge(), {}), HasSubstr("1,000,000,000,000 permutations"));
    EXPECT_THAT(problem(huge(), {}), HasSubstr("--round_limit"));
    EXPECT_THAT(problem(huge(), {}), HasSubstr("--fraction_limit"));
    SweepOptions options;
    options.boolean_limit = "a == 1";
    EXPECT_THAT(problem(huge(), options), HasSubstr("--round_limit"));
    options.round_limit = 1'000'001;
    EXPECT_THAT(problem(huge(), options), HasSubstr("1,000,001 permutations"));
    options.boolean_limit.reset();
    options.round_limit = 50;
    EXPECT_EQ(select(huge(), options, 1).trials.size(), 50U);
}

TEST(Select, AMillionIsFiltered) {
    record::GridLists lists;
    for (const char* name : {"a", "b"}) {
        for (std::int64_t i = 0; i < 1000; ++i) lists[name].emplace_back(i);
    }
    SweepOptions options;
    options.boolean_limit = "a + b < 10 and a != 3";
    EXPECT_EQ(select(ParameterGrid(lists), options, 1).trials.size(), 55U - 7U);
}

TEST(Select, ShardsPartTheSelection) {
    SweepOptions options;
    options.round_limit = 23;
    const Selection all = select(grid(), options, 3);
    std::set<record::TrialId> joined;
    for (std::int64_t i = 1; i <= 5; ++i) {
        options.shard = Shard{i, 5};
        const Selection part = select(grid(), options, 3);
        EXPECT_EQ(part.trials.front(), all.trials[static_cast<std::size_t>(i - 1)]);
        for (const record::TrialId trial : part.trials) EXPECT_TRUE(joined.insert(trial).second);
    }
    EXPECT_EQ(joined, std::set(all.trials.begin(), all.trials.end()));
}

TEST(Select, MoreShardsThanPermutationsAreRefused) {
    SweepOptions options;
    options.shard = Shard{1, 201};
    EXPECT_THAT(problem(grid(), options), HasSubstr("only 200 permutations"));
}

TEST(Shard, ReadsItsText) {
    Shard shard;
    EXPECT_TRUE(from_text("2/5", shard));
    EXPECT_EQ(shard, (Shard{2, 5}));
    EXPECT_EQ(to_text(shard), "2/5");
    EXPECT_EQ(folder_suffix({2, 5}), "_shard2of5");
    for (const char* text : {"0/5", "6/5", "5", "a/b", "1/2/3", "", "1/", "/2", "-1/2"}) {
        EXPECT_FALSE(from_text(text, shard)) << text;
    }
}

}  // namespace
}  // namespace msunet::sweep
