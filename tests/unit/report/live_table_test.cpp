// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/live_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<RunningTrial> running(std::size_t count) {
    std::vector<RunningTrial> trials(count);
    for (std::size_t i = 0; i < count; ++i) {
        trials[i] = {.trial = i,
                     .epoch = 3,
                     .epochs = 20,
                     .loss = 0.25,
                     .dice = 0.75,
                     .val_dice = 0.5,
                     .share = 0.16,
                     .seconds_left = 130};
    }
    return trials;
}

const SweepTotals totals{.done = 2,
                         .failed = 1,
                         .running = 2,
                         .left = 7,
                         .best = "1: val_dice_coef 0.8123",
                         .seconds_left = 750};

TEST(LiveTable, CountsThoseThatShareATraining) {
    auto trials = running(2);
    trials[1].others = 3;
    const auto lines = core::split(format_live_table(trials, totals, 79, 20), '\n');
    EXPECT_THAT(lines[2], StartsWith("    1 +3"));
    EXPECT_EQ(lines[2].size(), lines[0].size());
}

TEST(LiveTable, NamesTheRefit) {
    auto trials = running(1);
    trials[0].is_refit = true;
    const auto lines = core::split(format_live_table(trials, totals, 79, 20), '\n');
    EXPECT_THAT(lines[1], StartsWith("   refit"));
}

TEST(LiveTable, HasARowForEachTrialAndTheTotals) {
    const auto lines = core::split(format_live_table(running(2), totals, 79, 20), '\n');
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_THAT(lines[1], HasSubstr("3/20"));
    EXPECT_THAT(lines[1], HasSubstr("[=="));
    EXPECT_THAT(lines[1], EndsWith("2 min 10 s"));
    EXPECT_EQ(lines[3], "   2 done, 1 failed, 2 running, 7 left; 12 min 30 s left");
    EXPECT_EQ(lines[4], "   best so far 1: val_dice_coef 0.8123");
    // Columns stand under their heads.
    EXPECT_EQ(lines[1].find("0.2500") + 6, lines[0].find("loss") + 4);
    EXPECT_EQ(lines[1].find("0.5000") + 6, lines[0].find("val Dice") + 8);
    EXPECT_EQ(lines[1].size(), lines[0].size());
}

TEST(LiveTable, CountsWhatASearchHasStoppedAndSaysWhatIsABound) {
    auto search = totals;
    search.stopped = 3;
    search.at_most = true;
    const auto lines = core::split(format_live_table(running(1), search, 79, 20), '\n');
    EXPECT_THAT(lines[2], HasSubstr("3 stopped"));
    EXPECT_THAT(lines[2], EndsWith("; at most 12 min 30 s left"));
}

TEST(LiveTable, NeverLeavesTheTerminal) {
    for (std::size_t width = 1; width < 140; ++width) {
        for (std::size_t height = 4; height < 12; ++height) {
            const auto lines =
                core::split(format_live_table(running(7), totals, width, height), '\n');
            EXPECT_LE(lines.size(), height);
            for (const auto& line : lines) EXPECT_LE(core::display_width(line), width);
        }
    }
}

TEST(LiveTable, CountsWhatFindsNoRoom) {
    EXPECT_THAT(format_live_table(running(7), totals, 79, 10), Not(HasSubstr("more running")));
    EXPECT_THAT(format_live_table(running(7), totals, 79, 7), HasSubstr("and 4 more running"));
}

TEST(LiveTable, ShowsATrialThatHasJustBegun) {
    const std::string text = format_live_table({{.trial = 4, .epochs = 20}}, {.running = 1}, 79, 9);
    EXPECT_THAT(text, HasSubstr("0/20"));
    EXPECT_THAT(text, HasSubstr("        -        -        -            -"));
    EXPECT_THAT(text, EndsWith("   0 done, 1 running, 0 left"));
}

TEST(LiveTable, TimesHaveNoTenths) {
    auto trials = running(1);
    trials[0].seconds_left = 8.4;
    EXPECT_THAT(format_live_table(trials, totals, 79, 9), HasSubstr("   8 s\n"));
    trials[0].seconds_left = 59.7;
    EXPECT_THAT(format_live_table(trials, totals, 79, 9), HasSubstr("1 min 00 s\n"));
}

}  // namespace
}  // namespace msunet::report
