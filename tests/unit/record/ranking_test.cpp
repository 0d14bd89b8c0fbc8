// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/ranking.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "msunet/record/event.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

using ::testing::ElementsAre;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

SweepRecord ranked_sweep() {
    SweepRecord record;
    update(record, sample_start());
    return record;
}

TEST(IsBetter, LossesLowerOthersHigher) {
    EXPECT_TRUE(is_better(0.9, 0.8, "val_dice_coef"));
    EXPECT_FALSE(is_better(0.8, 0.9, "val_dice_coef"));
    EXPECT_TRUE(is_better(0.8, 0.9, "val_loss"));
    EXPECT_TRUE(is_better(0.8, 0.9, "loss"));
    EXPECT_FALSE(is_better(0.9, 0.8, "loss"));
    EXPECT_TRUE(is_better(0.2, 0.1, "fmri_val_dice"));
    EXPECT_FALSE(is_better(0.5, 0.5, "val_dice_coef"));
    EXPECT_FALSE(is_better(0.5, 0.5, "val_loss"));
}

TEST(IsBetter, NanIsWorseThanEveryNumber) {
    for (const auto* metric : {"val_dice_coef", "val_loss"}) {
        EXPECT_FALSE(is_better(nan, 0.1, metric));
        EXPECT_TRUE(is_better(0.1, nan, metric));
        EXPECT_FALSE(is_better(nan, nan, metric));
    }
}

TEST(Ranking, BestFirstTiesByPlaceAndLastThoseWithoutTheMetric) {
    std::vector<TrialResult> results{scored(9, 0.1), scored(7, 0.9),  scored(3, nan),
                                     scored(4, 0.9), scored(5, 0.95), scored(1, 0.99)};
    results[4].state = TrialState::failed;
    results[5].state = TrialState::pca;
    EXPECT_THAT(ranking(results, "val_dice_coef"), ElementsAre(1, 3, 0, 2, 4, 5));
    EXPECT_THAT(ranking({}, "val_dice_coef"), ElementsAre());
}

TEST(Ranking, LossesFromTheLowest) {
    const std::vector<TrialResult> results{scored(0, 0.5, 0.3), scored(1, 0.9, 0.7),
                                           scored(2, 0.1, 0.2)};
    EXPECT_THAT(ranking(results, "val_loss"), ElementsAre(2, 0, 1));
}

TEST(Best, HighestWinsAndTiesGoToTheLowerId) {
    SweepRecord record = ranked_sweep();
    EXPECT_EQ(best(record), nullptr);
    update(record, TrialFinished{scored(4, 0.9), 1});
    update(record, TrialFinished{scored(2, 0.9), 2});
    update(record, TrialFinished{scored(0, 0.8), 3});
    update(record, TrialFinished{scored(1, std::numeric_limits<double>::quiet_NaN()), 3});
    ASSERT_NE(best(record), nullptr);
    EXPECT_EQ(best(record)->trial, 2U);
}

TEST(Best, LowestLossWins) {
    SweepRecord record = ranked_sweep();
    record.start.metric = "val_loss";
    update(record, TrialFinished{scored(4, 0, 0.3), 1});
    update(record, TrialFinished{scored(3, 0, 0.2), 2});
    update(record, TrialFinished{scored(5, 0, 0.2), 2});
    EXPECT_EQ(best(record)->trial, 3U);
}

TEST(Leaderboard, TakesResultsInAnyOrder) {
    SweepRecord record = ranked_sweep();
    update(record, TrialFinished{scored(5, 0.5), 1});
    Leaderboard leaderboard(record);
    EXPECT_EQ(leaderboard.best(), 5U);
    const auto finish = [&](const TrialResult& result) {
        update(record, TrialFinished{result, 2});
        return leaderboard.add(record, result);
    };
    EXPECT_FALSE(finish(scored(0, std::numeric_limits<double>::quiet_NaN())));
    EXPECT_TRUE(finish(scored(4, 0.5)));
    EXPECT_TRUE(finish(scored(2, 0.5)));
    EXPECT_FALSE(finish(scored(3, 0.5)));
    EXPECT_EQ(leaderboard.best(), 2U);
    EXPECT_TRUE(finish(scored(1, 0.6)));
    EXPECT_EQ(leaderboard.best(), best(record)->trial);
    EXPECT_EQ(leaderboard.ended(), 6U);
    EXPECT_EQ(record.unfinished(), 0U);
}

TEST(Best, DefaultMetricDecidesWhereTheSweepsIsMissing) {
    SweepRecord record = ranked_sweep();
    record.start.metric = "anatomical_val_dice";
    update(record, TrialFinished{scored(0, nan), 1});
    EXPECT_EQ(best(record), nullptr);
    update(record, TrialFinished{scored(1, 0.4), 1});
    update(record, TrialFinished{scored(2, 0.8), 1});
    ASSERT_NE(best(record), nullptr);
    EXPECT_EQ(best(record)->trial, 2U);
    const auto ranked = ranked_value(*best(record), record.start.metric);
    EXPECT_EQ(ranked.value().metric, "val_dice_coef");
    EXPECT_EQ(ranked.value().value, 0.8);
    auto with_it = scored(3, 0.1);
    with_it.modality = {{}};
    with_it.modality[0].dice.val[static_cast<std::size_t>(core::Modality::anatomical)] = 0.2;
    update(record, TrialFinished{with_it, 2});
    EXPECT_EQ(best(record)->trial, 3U);
}

TEST(Best, FailedAndPcaTrialsNeverWin) {
    SweepRecord record = ranked_sweep();
    for (const auto state : {TrialState::failed, TrialState::pca}) {
        TrialResult result = scored(state == TrialState::failed ? 0 : 1, 0.99);
        result.state = state;
        update(record, TrialFinished{result, 1});
    }
    EXPECT_EQ(best(record), nullptr);
    update(record, TrialFinished{scored(3, 0.1), 2});
    EXPECT_EQ(best(record)->trial, 3U);
}

}  // namespace
}  // namespace msunet::record
