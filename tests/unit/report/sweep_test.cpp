// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/sweep.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

record::TrialResult trial(record::TrialId id, double val_dice, double val_loss = 1) {
    record::TrialResult result;
    result.trial = id;
    record::EpochReport epoch;
    epoch.metrics.val_dice_coef = val_dice;
    epoch.metrics.val_loss = val_loss;
    result.history = {epoch};
    return result;
}

TEST(Sweep, BestIsHighestAndTiesGoToTheLowerId) {
    Sweep sweep;
    sweep.trials = {trial(2, 0.5), trial(4, 0.9), trial(7, 0.9), trial(9, 0.1)};
    EXPECT_EQ(best_trial(sweep), 1U);
}

TEST(Sweep, ThatHasNotEndedLastsUntilItsLastSignOfLife) {
    auto record = testing::made_up_sweep({.learning_rates = 4, .running = true});
    record.last_event_at += 100;
    EXPECT_EQ(make_sweep(record).ended_at, record.last_event_at);
    auto ended = testing::made_up_sweep();
    const double end = make_sweep(ended).ended_at;
    ended.last_event_at += 100;
    EXPECT_EQ(make_sweep(ended).ended_at, end);
}

TEST(Sweep, TheLowestLossIsTheBest) {
    Sweep sweep;
    sweep.metric = "val_loss";
    sweep.trials = {trial(0, 0.5, 0.3), trial(1, 0.9, 0.7), trial(2, 0.1, 0.2)};
    EXPECT_EQ(best_trial(sweep), 2U);
}

TEST(Sweep, FailedPcaAndNanNeverWin) {
    Sweep sweep;
    sweep.trials = {trial(0, std::numeric_limits<double>::quiet_NaN()), trial(1, 0.9),
                    trial(2, 0.95), trial(3, 0.2)};
    sweep.trials[1].state = record::TrialState::failed;
    sweep.trials[2].state = record::TrialState::pca;
    EXPECT_EQ(best_trial(sweep), 3U);
    sweep.trials.pop_back();
    EXPECT_EQ(best_trial(sweep), std::nullopt);
}

TEST(Sweep, MetricsByModalityCountToo) {
    Sweep sweep;
    sweep.metric = "fmri_val_dice";
    sweep.trials = {trial(0, 0.9), trial(1, 0.1)};
    for (auto& result : sweep.trials) {
        record::ModalityRow row;
        row.dice.val[4] = 1 - *result.history[0].metrics.val_dice_coef;
        result.modality = {row};
    }
    EXPECT_EQ(best_trial(sweep), 1U);
}

TEST(Sweep, ParametersComeFromPointOptionsAndDefaults) {
    const record::SweepRecord record = testing::made_up_sweep();
    const Sweep sweep = make_sweep(record);
    const core::Permutation row = table_parameters(sweep, sweep.trials.at(1));
    EXPECT_EQ(row.at("batch_size"), core::Value(std::int64_t{8}));
    EXPECT_EQ(row.at("modality_weight"), core::Value(std::string("noddi")));
    EXPECT_EQ(row.at("weight_factor"), core::Value(std::int64_t{1}));
    EXPECT_EQ(row.at("dropout"), core::Value(0.5));
    EXPECT_EQ(row.at("patch_dimensions"), core::Value(std::string("64/64")));
    EXPECT_EQ(row.at("num_gpus"), core::Value(std::int64_t{0}));
    EXPECT_FALSE(row.contains("early_stopping"));
    EXPECT_FALSE(row.contains("lr_schedule"));
    EXPECT_FALSE(row.contains("restore_best"));
}

TEST(Sweep, FineTuningKeysAppearWhereTheGridNamesThem) {
    record::SweepRecord record = testing::made_up_sweep();
    record.start.grid["early_stopping"] = {core::Value(std::int64_t{3})};
    const Sweep sweep = make_sweep(record);
    record::TrialResult result = sweep.trials.front();
    result.permutation["early_stopping"] = std::int64_t{3};
    EXPECT_EQ(table_parameters(sweep, result).at("early_stopping"), core::Value(std::int64_t{3}));
}

TEST(Sweep, NamesAreCanonicalAndNoWeightIsNone) {
    record::SweepRecord record = testing::made_up_sweep();
    record.start.configuration[1].text = "none";
    const Sweep sweep = make_sweep(record);
    record::TrialResult result = sweep.trials.front();
    result.permutation["optimizer"] = std::string("adam");
    result.permutation["losses"] = std::string("dice coef loss");
    const core::Permutation row = table_parameters(sweep, result);
    EXPECT_EQ(row.at("optimizer"), core::Value(std::string("Adam")));
    EXPECT_EQ(row.at("losses"), core::Value(std::string("dice_coef_loss")));
    EXPECT_EQ(core::python_str(row.at("modality_weight")), "None");
}

TEST(Sweep, FixedPatchesKeepTheirDimension) {
    record::SweepRecord record = testing::made_up_sweep();
    record.start.configuration[0].text = "False";
    const Sweep sweep = make_sweep(record);
    EXPECT_EQ(table_parameters(sweep, sweep.trials.front()).at("patch_dimensions"),
              core::Value(std::int64_t{128}));
}

}  // namespace
}  // namespace msunet::report
