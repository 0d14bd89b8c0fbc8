// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/trial.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

TEST(Metrics, ColumnsAreThoseOfTheFiles) {
    const std::vector<std::string> columns = modality_columns();
    ASSERT_EQ(columns.size(), 10U);
    EXPECT_EQ(columns[0], "anatomical_val_dice");
    EXPECT_EQ(columns[3], "regwarp_val_dice");
    EXPECT_EQ(columns[5], "anatomical_train_dice");
    EXPECT_EQ(columns[9], "fmri_train_dice");
}

TEST(Metrics, AreFoundByName) {
    const Metrics metrics{1, 2, 3, 4, 5, std::nullopt};
    EXPECT_EQ(metric(metrics, "loss"), 1);
    EXPECT_EQ(metric(metrics, "dice_coef"), 2);
    EXPECT_EQ(metric(metrics, "jaccard_similarity"), 3);
    EXPECT_EQ(metric(metrics, "val_loss"), 4);
    EXPECT_EQ(metric(metrics, "val_dice_coef"), 5);
    EXPECT_EQ(metric(metrics, "val_jaccard_similarity"), std::nullopt);
    EXPECT_EQ(metric(metrics, "accuracy"), std::nullopt);
}

TEST(Metrics, KnownNamesAndDirection) {
    EXPECT_TRUE(is_metric("val_jaccard_similarity"));
    EXPECT_TRUE(is_metric("fmri_val_dice"));
    EXPECT_FALSE(is_metric("val_dice"));
    EXPECT_TRUE(lower_is_better("loss"));
    EXPECT_TRUE(lower_is_better("val_loss"));
    EXPECT_FALSE(lower_is_better("val_dice_coef"));
}

TEST(TrialResult, SummaryIsTheLastEpoch) {
    TrialResult result = sample_result(0);
    result.best_epoch.reset();
    ASSERT_NE(summary_epoch(result), nullptr);
    EXPECT_EQ(summary_epoch(result)->epoch, 1);
    EXPECT_DOUBLE_EQ(*metric(result, "loss"), 1.1);
}

TEST(TrialResult, SummaryIsTheBestEpochWhereItsWeightsWereRestored) {
    TrialResult result = sample_result(0);
    result.best_epoch = 0;
    result.modality = {{0, *sample_epoch(0).modality}, {1, *sample_epoch(1).modality}};
    EXPECT_EQ(summary_epoch(result)->epoch, 0);
    EXPECT_EQ(summary_modality(result)->epoch, 0);
    EXPECT_DOUBLE_EQ(*metric(result, "loss"), 0.1);
}

TEST(TrialResult, MetricsByModalityRankToo) {
    const TrialResult result = sample_result(0);
    EXPECT_EQ(metric(result, "dti_val_dice"), 0.25);
    EXPECT_EQ(metric(result, "fmri_train_dice"), static_cast<double>(0.1F));
    EXPECT_EQ(metric(result, "fmri_val_dice"), std::nullopt);
}

TEST(TrialResult, FailedPcaAndNanRankNowhere) {
    TrialResult result = sample_result(0);
    result.state = TrialState::failed;
    EXPECT_EQ(summary_epoch(result), nullptr);
    EXPECT_EQ(metric(result, "loss"), std::nullopt);
    result.state = TrialState::pca;
    EXPECT_EQ(metric(result, "loss"), std::nullopt);
    EXPECT_EQ(metric(scored(0, std::numeric_limits<double>::quiet_NaN()), "val_dice_coef"),
              std::nullopt);
}

TEST(TrialState, NamesGoBothWays) {
    for (const auto state :
         {TrialState::pending, TrialState::running, TrialState::paused, TrialState::done,
          TrialState::failed, TrialState::pca, TrialState::stopped}) {
        EXPECT_EQ(codec::from_json<TrialState>(codec::to_json(state)), state);
    }
    EXPECT_THROW((void)codec::from_json<TrialState>("\"lost\""), core::InputError);
    EXPECT_THROW((void)codec::from_json<TrialState>("\"Done\""), core::InputError)
        << "names in files are exact";
    EXPECT_TRUE(is_final(TrialState::pca));
    EXPECT_TRUE(is_final(TrialState::stopped));
    EXPECT_FALSE(is_final(TrialState::paused));
}

TEST(Stopped, ATrialShowsItsLastEpochButIsNotRanked) {
    TrialResult result;
    result.state = TrialState::stopped;
    EXPECT_EQ(summary_epoch(result), nullptr) << "stopped before its start";
    result.history.resize(2);
    result.history[1].metrics.dice_coef = 0.7;
    EXPECT_EQ(summary_epoch(result), &result.history[1]);
    EXPECT_FALSE(metric(result, "dice_coef"));
    result.state = TrialState::done;
    EXPECT_EQ(metric(result, "dice_coef"), 0.7);
}

TEST(EpochMetric, IsAColumnOfTheHistoryOrOfTheModalities) {
    EpochReport report;
    report.metrics.dice_coef = 0.5;
    EXPECT_EQ(metric(report, "dice_coef"), 0.5);
    EXPECT_FALSE(metric(report, "val_dice_coef"));
    EXPECT_FALSE(metric(report, "dti_val_dice")) << "not measured";
    report.modality.emplace();
    report.modality->val[static_cast<std::size_t>(core::Modality::dti)] = 0.25;
    EXPECT_EQ(metric(report, "dti_val_dice"), 0.25);
}

TEST(FailedResult, TellsWhereAndHowLongTheTrialRan) {
    Attempt attempt;
    attempt.trial = 7;
    attempt.permutation = {{"lr", 0.5}};
    attempt.started_at = 100;
    attempt.spent_seconds = 30;
    attempt.rank = 3;
    attempt.ranks = 2;
    attempt.num_gpus = 1;
    const auto first = failed_result(attempt, "for the test", 110);
    EXPECT_EQ(first.state, TrialState::failed);
    EXPECT_EQ(first.reason, "for the test");
    EXPECT_EQ(first.trial, 7U);
    EXPECT_EQ(first.permutation, attempt.permutation);
    EXPECT_EQ(first.rank, 3);
    EXPECT_EQ(first.ranks, 2);
    EXPECT_EQ(first.num_gpus, 1);
    EXPECT_EQ(first.started_at, 100);
    EXPECT_EQ(first.ended_at, 110);
    EXPECT_EQ(first.duration, 40);
    attempt.first_started_at = 50;
    EXPECT_EQ(failed_result(attempt, "again", 110).started_at, 50);
}

TEST(TrainingText, NamesAFewOfThoseThatItServes) {
    EXPECT_EQ(training_text(3, {3}), "3");
    EXPECT_EQ(training_text(3, {3, 7}), "3, with 7,");
    EXPECT_EQ(training_text(3, {3, 7, 11}), "3, with 7 and 11,");
    EXPECT_EQ(training_text(3, {7, 11}), "3, for 7 and 11,") << "it has its own result";
    EXPECT_EQ(training_text(3, {3, 4, 5, 6, 7}), "3, with 4, 5, 6 and 7,");
    EXPECT_EQ(training_text(3, {3, 4, 5, 6, 7, 8}), "3, with 4, 5, 6 and 2 more,");
}

}  // namespace
}  // namespace msunet::record
