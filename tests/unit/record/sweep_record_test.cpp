// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/sweep_record.hpp"

#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/record/event.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

SweepRecord started() {
    SweepRecord record;
    update(record, sample_start());
    return record;
}

TEST(Permutation, LastNameIsFastest) {
    const GridLists grid = sample_start().grid;
    EXPECT_EQ(permutation_of(grid, 0),
              (core::Permutation{{"batch_size", std::int64_t{8}}, {"lr", 0.001}}));
    EXPECT_EQ(permutation_of(grid, 1),
              (core::Permutation{{"batch_size", std::int64_t{8}}, {"lr", 0.01}}));
    EXPECT_EQ(permutation_of(grid, 5),
              (core::Permutation{{"batch_size", std::int64_t{32}}, {"lr", 0.01}}));
}

TEST(Apply, FollowsATrialToItsResult) {
    SweepRecord record = started();
    EXPECT_EQ(record.unfinished(), 6U);
    update(record, TrialStarted{2, 3, "", 1010});
    update(record, EpochFinished{2, sample_epoch(0), 1020});
    EXPECT_EQ(record.find(2)->state, TrialState::running);
    EXPECT_EQ(record.find(2)->epochs.size(), 1U);
    TrialResult result = sample_result(2);
    update(record, TrialFinished{result, 1030});
    EXPECT_EQ(record.find(2)->state, TrialState::done);
    EXPECT_EQ(*record.result(2), result);
    EXPECT_EQ(record.find(2)->epochs.capacity(), 0U) << "a sweep of many trials keeps the memory";
    EXPECT_EQ(record.unfinished(), 5U);
    ASSERT_EQ(record.timeline.size(), 1U);
    EXPECT_EQ(record.timeline[0].rank, 3);
    EXPECT_EQ(record.timeline[0].from, 1010);
    EXPECT_EQ(record.timeline[0].to, 1030);
    EXPECT_EQ(record.timeline[0].outcome, TrialState::done);
    EXPECT_EQ(record.find(2)->spent_seconds, 20);
}

TEST(Apply, FollowsATrialFromRungToRung) {
    SweepRecord record = started();
    update(record, TrialStarted{2, 3, "", 1010});
    update(record, EpochFinished{2, sample_epoch(0), 1015});
    update(record, RungReached{2, 1, 0.5, sample_result(2), 1020});
    EXPECT_EQ(record.find(2)->state, TrialState::paused);
    EXPECT_EQ(record.timeline[0].outcome, TrialState::paused);
    EXPECT_EQ(record.timeline[0].to, 1020);
    EXPECT_TRUE(record.find(2)->at_rung);
    update(record, TrialPromoted{2, 3, 1, 0, 1021});
    update(record, TrialStarted{2, 1, "c", 1030});
    ASSERT_EQ(record.find(2)->rungs.size(), 1U);
    EXPECT_EQ(record.find(2)->rungs[0].value, 0.5);
    ASSERT_EQ(record.find(2)->promotions.size(), 1U);
    EXPECT_EQ(record.find(2)->promotions[0].until_epoch, 3);
    auto result = sample_result(2);
    result.state = TrialState::stopped;
    update(record, TrialFinished{result, 1040});
    EXPECT_FALSE(record.find(2)->at_rung) << "its result says it all";
    EXPECT_EQ(record.find(2)->rungs.size(), 1U);
    EXPECT_THROW(update(record, TrialPromoted{99, 3, 1, 0, 1050}), core::InputError);
}

SweepRecord suggesting(std::uint64_t rounds) {
    SweepStart start = sample_start();
    start.trials = {1, 4};
    start.rounds = rounds;
    SweepRecord record;
    update(record, start);
    return record;
}

TEST(Apply, ASuggestedTrialJoinsTheSweep) {
    SweepRecord record = suggesting(4);
    EXPECT_EQ(record.planned(), 4U);
    EXPECT_EQ(record.unfinished(), 4U);
    update(record, TrialSuggested{2, 1010});
    EXPECT_EQ(record.start.trials, (std::vector<TrialId>{1, 2, 4}));
    EXPECT_EQ(record.last_event_at, 1010);
    update(record, TrialFinished{sample_result(2), 1020});
    EXPECT_EQ(record.planned(), 4U);
    EXPECT_EQ(record.unfinished(), 3U);
    update(record, SuggestionsEnded{1030});
    EXPECT_EQ(record.planned(), 3U);
    EXPECT_EQ(record.unfinished(), 2U);
}

TEST(Apply, ASuggestionThatCanNotBeIsRefused) {
    SweepRecord record = suggesting(3);
    EXPECT_THROW(update(record, TrialSuggested{4, 1}), core::InputError);  // a second time
    EXPECT_THROW(update(record, TrialSuggested{6, 1}), core::InputError);  // outside of the grid
    update(record, TrialSuggested{0, 1});
    EXPECT_THROW(update(record, TrialSuggested{2, 1}), core::InputError);  // one too many
    SweepRecord fixed = started();
    EXPECT_THROW(update(fixed, TrialSuggested{0, 1}), core::InputError);
}

TEST(Apply, AnEpochThatIsRepeatedReplacesItsElders) {
    SweepRecord record = started();
    update(record, TrialStarted{2, 0, "", 1});
    for (const std::int64_t epoch : {0, 1, 2, 1}) {
        update(record, EpochFinished{2, sample_epoch(epoch), 2});
    }
    ASSERT_EQ(record.find(2)->epochs.size(), 2U);
    EXPECT_EQ(record.find(2)->epochs.back().epoch, 1);
}

TEST(Apply, ADeathOfTheJobCountsForAllThatRan) {
    SweepRecord record = started();
    update(record, TrialStarted{0, 0, "", 1010});
    update(record, TrialStarted{1, 1, "", 1010});
    update(record, TrialStarted{2, 2, "", 1010});
    update(record, TrialFinished{scored(0, 1), 1020});
    update(record, TrialPaused{2, 1020});
    update(record, Heartbeat{{"n1", 4711, ""}, 1040});
    update(record, resumed(2000));
    EXPECT_TRUE(record.starts[0].died);
    EXPECT_EQ(record.starts[0].to, 1040);
    EXPECT_EQ(record.find(0)->progress.deaths, 0);
    EXPECT_EQ(record.find(1)->progress.deaths, 1);
    EXPECT_EQ(record.find(2)->progress.deaths, 0);
    EXPECT_EQ(record.find(1)->state, TrialState::pending);
    EXPECT_EQ(record.find(1)->spent_seconds, 30);
    EXPECT_EQ(record.timeline[1].to, 1040);
    EXPECT_EQ(record.owner.pid, 5);
}

TEST(Apply, AnOrderlyStopIsNoDeath) {
    SweepRecord record = started();
    update(record, TrialStarted{1, 1, "", 1010});
    update(record, Stopped{StopReason::signal, 1020});
    update(record, resumed(2000));
    EXPECT_FALSE(record.starts[0].died);
    EXPECT_EQ(record.starts[0].stopped, StopReason::signal);
    EXPECT_EQ(record.find(1)->progress.deaths, 0);
}

TEST(Apply, OnlyANewCheckpointForgivesDeaths) {
    SweepRecord record = started();
    double at = 1000;
    const auto die = [&] {
        update(record, TrialStarted{1, 0, "", ++at});
        update(record, resumed(++at));
    };
    die();
    update(record, TrialStarted{1, 0, "", ++at});
    update(record, checkpoint(1, 1, ++at));
    EXPECT_EQ(record.find(1)->progress.deaths, 0);
    update(record, resumed(++at));
    EXPECT_EQ(record.find(1)->progress.deaths, 1);
    update(record, TrialStarted{1, 0, "", ++at});
    update(record, checkpoint(1, 1, ++at));
    EXPECT_EQ(record.find(1)->progress.deaths, 1) << "the same place again is no progress";
    update(record, resumed(++at));
    die();
    EXPECT_EQ(record.find(1)->progress.deaths, 3);
}

TEST(Apply, ARetriedTrialBeginsAfresh) {
    SweepRecord record = started();
    TrialResult failed = sample_result(1);
    failed.state = TrialState::failed;
    update(record, TrialStarted{1, 1, "", 1010});
    update(record, checkpoint(1, 1, 1015));
    update(record, TrialFinished{failed, 1020});
    update(record, Finished{1021});
    update(record, resumed(2000));
    update(record, TrialRetried{1, 2001});
    EXPECT_FALSE(record.finished);
    EXPECT_EQ(record.result(1), nullptr);
    EXPECT_EQ(record.find(1)->progress.checkpoint, std::nullopt);
    EXPECT_EQ(record.find(1)->state, TrialState::pending);
    EXPECT_FALSE(record.starts[0].died);
}

/// Six trials, of which 1, 3 and 4 share a training.
SweepRecord sharing() {
    auto start = sample_start();
    start.shared = {{1, 3, 4}};
    SweepRecord record;
    update(record, start);
    return record;
}

TEST(Shared, TrainingsKnowWhomTheyServe) {
    const SweepRecord record = sharing();
    EXPECT_EQ(record.training_of(4), 1U);
    EXPECT_EQ(record.training_of(1), 1U);
    EXPECT_EQ(record.training_of(2), 2U);
    EXPECT_EQ(record.start.trials_of(1), (std::vector<TrialId>{1, 3, 4}));
    EXPECT_EQ(record.start.trials_of(0), std::vector<TrialId>{0});
    EXPECT_EQ(record.start.trials_of(5), std::vector<TrialId>{5});
}

TEST(Shared, ATrainingRunsUntilItsLastPermutationHasAResult) {
    SweepRecord record = sharing();
    update(record, TrialStarted{1, 2, "", 1010});
    update(record, EpochFinished{1, sample_epoch(0), 1015});
    update(record, TrialFinished{scored(1, 1), 1020});
    EXPECT_EQ(record.find(1)->state, TrialState::running);
    EXPECT_EQ(record.find(1)->epochs.size(), 1U);
    EXPECT_EQ(record.unfinished_trials(1), (std::vector<TrialId>{3, 4}));
    update(record, TrialFinished{scored(4, 1), 1030});
    EXPECT_EQ(record.find(4)->state, TrialState::done);
    update(record, TrialFinished{scored(3, 1), 1040});
    EXPECT_EQ(record.find(1)->state, TrialState::done);
    EXPECT_TRUE(record.find(1)->epochs.empty());
    EXPECT_EQ(record.unfinished(), 3U);
    ASSERT_EQ(record.timeline.size(), 1U);
    EXPECT_EQ(record.timeline[0].to, 1040);
}

TEST(Shared, ADeathCountsForTheTrainingAlsoAfterItsOwnEnd) {
    SweepRecord record = sharing();
    update(record, TrialStarted{1, 2, "", 1010});
    update(record, TrialFinished{scored(1, 1), 1020});
    update(record, resumed(2000));
    EXPECT_EQ(record.find(1)->progress.deaths, 1);
    EXPECT_EQ(record.find(1)->state, TrialState::pending);
}

TEST(Shared, ARetryStartsTheTrainingAgainForTheFailedAlone) {
    SweepRecord record = sharing();
    TrialResult failed = sample_result(4);
    failed.state = TrialState::failed;
    update(record, TrialStarted{1, 2, "", 1010});
    update(record, checkpoint(1, 1, 1015));
    update(record, TrialFinished{scored(1, 1), 1020});
    update(record, TrialFinished{scored(3, 1), 1020});
    update(record, TrialFinished{failed, 1030});
    update(record, TrialRetried{4, 2001});
    EXPECT_EQ(record.unfinished_trials(1), std::vector<TrialId>{4});
    EXPECT_EQ(record.find(1)->progress.checkpoint, std::nullopt);
    EXPECT_NE(record.result(1), nullptr);
}

TEST(Shared, RefusesWhatIsNoPartOfTheSweep) {
    for (const auto& shared : std::vector<std::vector<std::vector<TrialId>>>{
             {{1}}, {{3, 1}}, {{1, 9}}, {{1, 3}, {3, 4}}, {{3, 4}, {1, 2}}}) {
        auto start = sample_start();
        start.shared = shared;
        SweepRecord record;
        EXPECT_THROW(update(record, start), core::InputError);
    }
    SweepRecord record = sharing();
    EXPECT_THROW(update(record, TrialStarted{3, 0, "", 1}), core::InputError);
}

/// The sample's grid with a third rate in the middle.
TEST(Apply, RefusesWhatCannotFollow) {
    SweepRecord empty;
    EXPECT_THROW(update(empty, Heartbeat{}), core::InputError);
    SweepRecord record = started();
    EXPECT_THROW(update(record, sample_start()), core::InputError);
    EXPECT_THROW(update(record, TrialStarted{6, 0, "", 1}), core::InputError);
    TrialResult running = sample_result(1);
    running.state = TrialState::running;
    EXPECT_THROW(update(record, TrialFinished{running, 1}), core::InputError);
    SweepStart hollow = sample_start();
    hollow.grid["lr"].clear();
    EXPECT_THROW(update(empty, hollow), core::InputError);
    SweepStart unordered = sample_start();
    unordered.trials = {1, 0};
    EXPECT_THROW(update(empty, unordered), core::InputError);
}

TEST(Configuration, IsFoundByName) {
    EXPECT_EQ(setting(sample_start().configuration, "seed"), "1");
    EXPECT_EQ(setting(sample_start().configuration, "lr"), std::nullopt);
}

}  // namespace
}  // namespace msunet::record
