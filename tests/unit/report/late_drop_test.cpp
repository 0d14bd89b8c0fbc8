// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/late_drop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "msunet/record/event.hpp"
#include "msunet/report/terminal.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

record::TrialResult trial(record::TrialId id, const std::vector<double>& val_dice) {
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

/// Permutation 1 on three folds, by its journal.
Sweep on_three_folds(const std::vector<std::vector<double>>& val_dice) {
    record::SweepStart start;
    start.grid["lr"] = {0.1, 0.2};
    start.metric = "val_dice_coef";
    start.folding = {3, 1};
    start.trials = {3, 4, 5};
    start.data.pairs = {{.data = "a.nii", .mask = "a.nii", .hash = "", .folds = {0}}};
    record::SweepRecord record;
    record::update(record, start);
    for (std::size_t fold = 0; fold < val_dice.size(); ++fold) {
        record::update(record, record::TrialFinished{.result = trial(3 + fold, val_dice[fold])});
    }
    return make_sweep(record);
}

TEST(LateDrop, IsNotThatOfMeansOverFoldsThatStopAtDifferentEpochs) {
    const auto early = on_three_folds({{0.80, 0.82}, {0.80, 0.82}, {0.5, 0.8, 0.92, 0.93}});
    EXPECT_EQ(early.trials.front().history.back().metrics.val_dice_coef, 0.93)
        << "the mean over the only fold with this epoch, far above that of the results";
    EXPECT_FALSE(largest_late_drop(early));
}

TEST(LateDrop, WithFoldsNamesTheTrialAndItsFold) {
    const auto sweep = on_three_folds({{0.80, 0.82}, {0.9, 0.6}, {0.9, 0.7}});
    const auto drop = largest_late_drop(sweep);
    ASSERT_TRUE(drop);
    EXPECT_EQ(drop->trial, 4U);
    EXPECT_EQ(drop->trials, 2U);
    const auto text = std::regex_replace(format_final_summary(sweep, {}), std::regex("\\s+"), " ");
    EXPECT_THAT(text, HasSubstr("trial 4 [permutation 1, fold 2 of 3] ended with val_dice_coef "
                                "0.6000, its epoch 1 had 0.9000; 1 other trial lost more"));
}

}  // namespace
}  // namespace msunet::report
