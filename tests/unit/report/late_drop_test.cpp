// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/late_drop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "msunet/report/terminal.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

record::TrialResult trial(record::TrialId id, std::initializer_list<double> val_dice) {
    record::TrialResult result;
    result.trial = id;
    result.state = record::TrialState::done;
    for (const double dice : val_dice) {
        record::EpochReport epoch;
        epoch.epoch = static_cast<std::int64_t>(result.history.size());
        epoch.metrics.val_dice_coef = dice;
        result.history.push_back(epoch);
    }
    return result;
}

Sweep sweep(std::vector<record::TrialResult> trials) {
    Sweep sweep;
    sweep.trials = std::move(trials);
    return sweep;
}

TEST(LateDrop, IsThatOfTheTrialThatLostMost) {
    const auto drop = largest_late_drop(
        sweep({trial(0, {0.5, 0.9, 0.84}), trial(1, {0.2, 0.896, 0.592}), trial(2, {0.9, 0.86})}));
    ASSERT_TRUE(drop);
    EXPECT_EQ(drop->trial, 1);
    EXPECT_EQ(drop->best_epoch, 2);
    EXPECT_EQ(drop->best, 0.896);
    EXPECT_EQ(drop->last, 0.592);
    EXPECT_EQ(drop->trials, 2U);
}

TEST(LateDrop, IsNoneWhereTheResultsAreThoseOfTheBestEpoch) {
    auto restored = trial(0, {0.2, 0.9, 0.5});
    restored.best_epoch = 1;
    auto failed = trial(1, {0.9, 0.1});
    failed.state = record::TrialState::failed;
    EXPECT_FALSE(largest_late_drop(sweep({restored, failed, trial(2, {0.8, 0.76})})));
    EXPECT_FALSE(largest_late_drop(sweep({})));
}

TEST(LateDrop, DoesNotCountEpochsWithoutANumber) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(largest_late_drop(sweep({trial(0, {nan, 0.2}), trial(1, {nan, nan})})));
    const auto drop = largest_late_drop(sweep({trial(0, {nan, 0.5, 0.2})}));
    ASSERT_TRUE(drop);
    EXPECT_EQ(drop->best_epoch, 2);
}

TEST(LateDrop, IsSaidAtTheEndWithTheOptionThatPreventsIt) {
    const auto text = format_final_summary(sweep({trial(3, {0.2, 0.896, 0.592})}), {});
    EXPECT_THAT(text, HasSubstr("trial 3 ended with val_dice_coef 0.5920, its epoch 2 had 0.8960"));
    EXPECT_THAT(text, HasSubstr("--restore_best True"));
    EXPECT_THAT(format_final_summary(sweep({trial(3, {0.2, 0.896})}), {}),
                Not(HasSubstr("restore_best")));
}

}  // namespace
}  // namespace msunet::report
