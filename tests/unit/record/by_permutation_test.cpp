// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/by_permutation.hpp"

#include <gmock/gmock.h>

#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Permutations 0 and 1 of the sample grid, on two folds in two repeats.
SweepRecord folded_sweep() {
    SweepStart start = sample_start();
    start.folding = {2, 2};
    start.trials = trials_of_permutations(start.folding, {0, 1});
    start.shared.clear();
    start.metric = "val_dice_coef";
    SweepRecord record;
    update(record, start);
    return record;
}

/// A training whose epochs have these values of the metric.
TrialResult training(TrialId trial, const std::vector<double>& values) {
    TrialResult result;
    result.trial = trial;
    result.started_at = 100 + static_cast<double>(trial);
    result.ended_at = 200 + static_cast<double>(trial);
    result.duration = 10;
    result.weights_file = trial_folder(trial) + "/weights.h5";
    for (const double value : values) {
        EpochReport report;
        report.epoch = std::ssize(result.history);
        report.metrics.loss = 1 - value;
        report.metrics.val_dice_coef = value;
        result.history.push_back(report);
    }
    ModalityDice dice;
    dice.val[0] = values.back();
    if (trial % 2 == 0) dice.val[1] = 0.5;  // a modality that not all folds have
    result.modality = {{std::ssize(values) - 1, dice}};
    return result;
}

void finish(SweepRecord& record, const TrialResult& result) {
    update(record, TrialStarted{result.trial, 0, {}, result.started_at});
    update(record, TrialFinished{result, result.ended_at});
}

TEST(ByPermutation, MeansOfItsTrainings) {
    auto record = folded_sweep();
    finish(record, training(0, {0.5, 0.7}));
    finish(record, training(1, {0.3, 0.5, 0.6}));
    finish(record, training(2, {0.9}));
    EXPECT_FALSE(permutation_result(record, 0)) << "one is missing";
    finish(record, training(3, {0.1, 0.4}));
    const auto whole = permutation_result(record, 0);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->trial, 0U);
    EXPECT_EQ(whole->state, TrialState::done);
    ASSERT_THAT(whole->history, SizeIs(3));
    EXPECT_DOUBLE_EQ(*whole->history[0].metrics.val_dice_coef, (0.5 + 0.3 + 0.9 + 0.1) / 4);
    EXPECT_DOUBLE_EQ(*whole->history[1].metrics.val_dice_coef, (0.7 + 0.5 + 0.4) / 3);
    EXPECT_DOUBLE_EQ(*whole->history[2].metrics.val_dice_coef, 0.6);
    const double mean = (0.7 + 0.6 + 0.9 + 0.4) / 4;
    EXPECT_DOUBLE_EQ(*metric(*whole, "val_dice_coef"), mean) << "of the last epochs";
    ASSERT_THAT(whole->modality, SizeIs(1));
    EXPECT_DOUBLE_EQ(*summary_modality(*whole)->dice.val[0], mean);
    EXPECT_DOUBLE_EQ(*summary_modality(*whole)->dice.val[1], 0.5);
    EXPECT_FALSE(summary_modality(*whole)->dice.val[2]);
    EXPECT_EQ(whole->started_at, 100);
    EXPECT_EQ(whole->ended_at, 203);
    EXPECT_EQ(whole->duration, 40);
    EXPECT_EQ(whole->weights_file, "trials/2/weights.h5") << "of the best fold";
}

TEST(ByPermutation, KnowsTheMeanWithAResultThatIsNotRecordedYet) {
    auto record = folded_sweep();
    for (const TrialId trial : {0U, 1U}) finish(record, training(trial, {0.5}));
    EXPECT_FALSE(permutation_result_with(record, training(3, {0.9}))) << "one is missing";
    finish(record, training(3, {0.9}));
    const auto whole = permutation_result_with(record, training(2, {0.1}));
    ASSERT_TRUE(whole);
    EXPECT_DOUBLE_EQ(*metric(*whole, "val_dice_coef"), 0.5);
    EXPECT_EQ(whole->weights_file, "trials/3/weights.h5");
    finish(record, training(2, {0.1}));
    EXPECT_DOUBLE_EQ(*metric(*permutation_result_with(record, training(3, {0.5})), "val_dice_coef"),
                     0.4)
        << "in place of the recorded one";
}

TEST(ByPermutation, CountsTheRestoredEpochs) {
    auto record = folded_sweep();
    for (TrialId trial = 0; trial < 4; ++trial) {
        auto result = training(trial, {0.8, 0.2});
        result.best_epoch = 0;
        finish(record, result);
    }
    EXPECT_DOUBLE_EQ(*metric(*permutation_result(record, 0), "val_dice_coef"), 0.8);
}

TEST(ByPermutation, FailsWithAFold) {
    auto record = folded_sweep();
    for (TrialId trial = 0; trial < 4; ++trial) {
        auto result = training(trial, {0.5});
        if (trial == 3) {
            result.state = TrialState::failed;
            result.reason = "the loss became NaN";
            result.rank = 7;
        }
        finish(record, result);
    }
    const auto whole = permutation_result(record, 0);
    EXPECT_EQ(whole->state, TrialState::failed);
    EXPECT_EQ(whole->reason, "fold 2 of 2, repeat 2 of 2: the loss became NaN");
    EXPECT_EQ(whole->rank, 7);
    EXPECT_EQ(best(record), nullptr);
}

TEST(ByPermutation, TheBestMeanIsTheBest) {
    auto record = folded_sweep();
    for (TrialId trial = 0; trial < 4; ++trial)
        finish(record, training(trial, {trial == 1 ? 0.99 : 0.1}));
    Leaderboard leaderboard(record);
    EXPECT_EQ(leaderboard.best(), 0U);
    for (TrialId trial = 4; trial < 8; ++trial) {
        EXPECT_EQ(leaderboard.best(), 0U);
        const auto result = training(trial, {trial == 6 ? 0.6 : 0.5});
        finish(record, result);
        EXPECT_EQ(leaderboard.add(record, result), trial == 7);
    }
    EXPECT_EQ(leaderboard.best(), 1U);
    EXPECT_EQ(leaderboard.ended(), 8U);
    EXPECT_DOUBLE_EQ(*leaderboard.best_value(), 0.525);
    EXPECT_EQ(Leaderboard(record).best(), 1U);
    ASSERT_NE(best(record), nullptr);
    EXPECT_EQ(best(record)->trial, 6U) << "the model is that of its best fold";
}

TEST(ByPermutation, TheSweepHasOneTrialForEach) {
    auto record = folded_sweep();
    for (TrialId trial = 0; trial < 4; ++trial) finish(record, training(trial, {0.5}));
    update(record, TrialStarted{5, 1, {}, 300});
    update(record, EpochFinished{5, training(5, {0.4}).history.front(), 301});
    const PermutationView view(record);
    const SweepRecord& joined = view.record();
    EXPECT_THAT(joined.start.trials, ElementsAre(0, 1));
    EXPECT_EQ(joined.start.folding, Folding{});
    EXPECT_EQ(joined.planned(), 2U);
    EXPECT_EQ(joined.unfinished(), 1U);
    ASSERT_THAT(joined.trials, SizeIs(2));
    EXPECT_EQ(joined.find(0)->state, TrialState::done);
    EXPECT_THAT(joined.find(0)->epochs, IsEmpty()) << "the result has them";
    EXPECT_EQ(joined.find(1)->state, TrialState::running);
    ASSERT_THAT(joined.find(1)->epochs, SizeIs(1));
    EXPECT_EQ(joined.timeline.back().trial, 1U);
    EXPECT_EQ(joined.permutation(1), record.permutation(5));
}

TEST(ByPermutation, WithoutFoldsIsTheRecordItself) {
    SweepRecord record;
    update(record, sample_start());
    EXPECT_EQ(&PermutationView(record).record(), &record);
}

TEST(ByPermutation, SharesWhatItsFoldsShare) {
    auto start = folded_sweep().start;
    start.shared = {{0, 4}, {1, 5}, {2, 6}, {3, 7}};
    SweepRecord record;
    update(record, start);
    const PermutationView view(record);
    EXPECT_THAT(view.record().start.shared, ElementsAre(ElementsAre(0, 1)));
    EXPECT_EQ(view.record().training_of(1), 0U);
    EXPECT_THAT(trial_results(record, 0), IsEmpty());
}

// Those of an extension may go on from a checkpoint on one fold and begin anew on another.
TEST(ByPermutation, SharesOnlyWhatAllFoldsShare) {
    auto start = folded_sweep().start;
    start.trials = trials_of_permutations(start.folding, {0, 1, 2});
    start.shared = {{0, 4, 8}, {1, 9}, {2, 6, 10}, {3, 7, 11}};
    SweepRecord record;
    update(record, start);
    const PermutationView view(record);
    EXPECT_THAT(view.record().start.shared, ElementsAre(ElementsAre(0, 2)));
    EXPECT_EQ(view.record().training_of(1), 1U) << "on one fold alone";
    start.shared = {{0, 4}, {1, 9}};
    SweepRecord other;
    update(other, start);
    EXPECT_THAT(PermutationView(other).record().start.shared, IsEmpty());
}

TEST(ByPermutation, OfASearchThatStopsAPermutationIsItsFirstTrial) {
    auto start = folded_sweep().start;
    start.folding.first_decides = true;
    SweepRecord record;
    update(record, start);
    auto stopped = training(0, {0.95, 0.9});
    stopped.state = TrialState::stopped;
    stopped.weights_file.clear();
    finish(record, stopped);
    const auto whole = permutation_result(record, 0);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->state, TrialState::stopped);
    EXPECT_EQ(whole->history, stopped.history);
    EXPECT_EQ(summary_epoch(*whole)->metrics.val_dice_coef, 0.9);
    EXPECT_FALSE(metric(*whole, "val_dice_coef")) << "it is no candidate for the best";
    for (TrialId trial = 4; trial < 7; ++trial) finish(record, training(trial, {0.5}));
    EXPECT_FALSE(permutation_result(record, 1));
    finish(record, training(7, {0.5}));
    EXPECT_EQ(Leaderboard(record).best(), 1U);
    EXPECT_EQ(record.unfinished(), 0U);
}

TEST(ByPermutation, OfASearchFailsWithItsFirstTrial) {
    auto start = folded_sweep().start;
    start.folding.first_decides = true;
    SweepRecord record;
    update(record, start);
    auto failed = training(4, {0.5});
    failed.state = TrialState::failed;
    failed.reason = "out of memory";
    finish(record, failed);
    const auto whole = permutation_result(record, 1);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->state, TrialState::failed);
    EXPECT_EQ(whole->reason, "fold 1 of 2, repeat 1 of 2: out of memory");
    EXPECT_FALSE(permutation_result(record, 0)) << "it has not begun";
}

}  // namespace
}  // namespace msunet::record
