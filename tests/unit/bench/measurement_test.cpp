// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/measurement.hpp"

#include <gmock/gmock.h>

namespace msunet::bench {
namespace {

Measurement measured(std::string variant, int ranks, int repeat, double seconds, double amount) {
    Measurement one;
    one.benchmark = "group";
    one.variant = std::move(variant);
    one.ranks = ranks;
    one.repeat = repeat;
    one.seconds = seconds;
    one.amount = amount;
    one.unit = "samples";
    return one;
}

/// As they are measured: round by round, two ranks before one in the second.
std::vector<Measurement> rounds() {
    return {measured("strong", 1, 1, 1, 100),  measured("strong", 2, 1, 1, 160),
            measured("weak", 2, 1, 1, 190),    measured("strong", 2, 2, 1, 150),
            measured("strong", 1, 2, 0.5, 50), measured("strong", 1, 3, 1, 80),
            measured("strong", 2, 3, 1, 200)};
}

TEST(Spread, IsMedianAndRange) {
    EXPECT_EQ(spread_of({3, 1, 2}), (Spread{2, 1, 3}));
    EXPECT_EQ(spread_of({4, 1, 2, 3}), (Spread{2.5, 1, 4}));
    EXPECT_EQ(spread_of({}), (Spread{0, 0, 0}));
}

TEST(Summarise, ComparesMediansWithThatOfOneRank) {
    const auto summaries = summarise(rounds());
    ASSERT_EQ(summaries.size(), 3U);
    EXPECT_EQ(summaries[0].ranks, 1);
    EXPECT_EQ(summaries[0].rate, (Spread{100, 80, 100}));
    EXPECT_EQ(summaries[0].repeats, 3);
    EXPECT_DOUBLE_EQ(summaries[0].efficiency, 1);
    EXPECT_EQ(summaries[1].rate, (Spread{160, 150, 200}));
    EXPECT_DOUBLE_EQ(summaries[1].speed_up, 1.6);
    EXPECT_DOUBLE_EQ(summaries[1].efficiency, 0.8);
}

TEST(Summarise, WithoutOneRankTheFewestAreTheBase) {
    const std::vector<Measurement> some{measured("weak", 4, 1, 1, 300),
                                        measured("weak", 2, 1, 1, 200)};
    const auto summaries = summarise(some);
    EXPECT_EQ(summaries[0].ranks, 2);
    EXPECT_DOUBLE_EQ(summaries[0].speed_up, 2);
    EXPECT_DOUBLE_EQ(summaries[1].speed_up, 3);
    EXPECT_DOUBLE_EQ(summaries[1].efficiency, 0.75);
}

TEST(Summarise, SharesOfReductionAreMediansOfThoseMeasured) {
    auto all = rounds();
    all[1].reduction = 0.1;
    all[3].reduction = 0.3;
    const auto summaries = summarise(all);
    EXPECT_FALSE(summaries[0].reduction);
    EXPECT_DOUBLE_EQ(summaries[1].reduction.value(), 0.2);
}

TEST(Summarise, PartsAreMeansOfTheRepeatsThatHaveThem) {
    auto all = rounds();
    all[1].parts = {{"loss", "rest", 0.1}, {"optimiser", "optimiser", 0.5}};
    all[6].parts = {{"loss", "rest", 0.3}, {"optimiser", "optimiser", 0.5}};
    const auto summaries = summarise(all);
    EXPECT_TRUE(summaries[0].parts.empty());
    ASSERT_EQ(summaries[1].parts.size(), 2U);
    EXPECT_EQ(summaries[1].parts[0].group, "rest");
    EXPECT_DOUBLE_EQ(summaries[1].parts[0].seconds, 0.2);
    EXPECT_DOUBLE_EQ(summaries[1].parts[1].seconds, 0.5);
}

TEST(Summarise, ARunThatTookNoTimeHasNoRate) {
    const auto summaries = summarise(std::vector{measured("x", 1, 1, 0, 5)});
    EXPECT_EQ(summaries[0].rate.median, 0);
    EXPECT_EQ(summaries[0].efficiency, 0);
}

TEST(RateOf, IsThatOfTheSameRanks) {
    const auto summaries = summarise(rounds());
    EXPECT_EQ(rate_of(summaries, "group", "strong", 2), 160);
    EXPECT_EQ(rate_of(summaries, "group", "strong", 4), std::nullopt);
    EXPECT_EQ(rate_of(summaries, "io", "strong", 2), std::nullopt);
}

TEST(Csv, HasARowForEachRepeat) {
    auto one = measured("strong", 2, 1, 0.5, 64);
    one.nodes = 2;
    one.threads = 8;
    const auto text = csv_text(std::vector{one});
    EXPECT_EQ(text,
              "benchmark,variant,ranks,nodes,threads,repeat,seconds,amount,unit,rate,"
              "reduction_share\n"
              "group,strong,2,2,8,1,0.5,64.0,samples,128.0,\n");
    one.reduction = 0.25;
    EXPECT_THAT(csv_text(std::vector{one}), testing::EndsWith("samples,128.0,0.25\n"));
}

TEST(RateText, HasUnitAndPrefix) {
    EXPECT_EQ(rate_text(183.46, "samples"), "183.5 samples/s");
    EXPECT_EQ(rate_text(1.25e9, "bytes"), "1.25 GB/s");
    EXPECT_EQ(rate_text(136.2e9, "flop"), "136 Gflop/s");
    EXPECT_EQ(rate_text(999.7e9, "flop"), "1.00 Tflop/s");
    EXPECT_EQ(rate_text(9.996e9, "flop"), "10.0 Gflop/s");
    EXPECT_EQ(rate_text(0, "flop"), "0 flop/s");
}

TEST(Table, ShowsOneBenchmark) {
    auto all = rounds();
    all[1].reduction = all[3].reduction = all[6].reduction = 0.125;
    const auto text = table_text(summarise(all), "group");
    EXPECT_THAT(text, testing::ContainsRegex("group +ranks +nodes +median +range +speed-up"));
    EXPECT_THAT(text, testing::ContainsRegex("strong +2 +1 +160.0 samples/s +150.0–200.0 +1.60 +"
                                             "80.0 % +12.5 %"));
    EXPECT_EQ(table_text(summarise(all), "io"), "");
}

}  // namespace
}  // namespace msunet::bench
