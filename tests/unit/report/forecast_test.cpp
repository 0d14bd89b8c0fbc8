// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/forecast.hpp"

#include <gtest/gtest.h>

#include "msunet/record/event.hpp"

namespace msunet::report {
namespace {

// Three trials of 2, 4 and 10 epochs.
record::SweepRecord three_trials() {
    record::SweepRecord record;
    record.start.trials = {0, 1, 2};
    record.start.grid["epochs"] = {std::int64_t{2}, std::int64_t{4}, std::int64_t{10}};
    return record;
}

record::EpochReport epoch(std::int64_t number, double seconds) {
    record::EpochReport report;
    report.epoch = number;
    report.seconds = seconds;
    return report;
}

record::TrialResult result(record::TrialId trial, std::int64_t epochs) {
    record::TrialResult result;
    result.trial = trial;
    for (std::int64_t i = 0; i < epochs; ++i) result.history.push_back(epoch(i, 3));
    return result;
}

TEST(Forecast, IsSilentBeforeTheFirstEpoch) {
    const Forecast forecast(three_trials());
    EXPECT_FALSE(forecast.seconds_left(2));
    EXPECT_FALSE(forecast.epoch_seconds());
}

TEST(Forecast, SharesTheEpochsThatAreLeftAmongTheGroups) {
    const auto record = three_trials();
    Forecast forecast(record);
    forecast.epoch(1, epoch(0, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 15 * 3);
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(3), 15 * 3 / 3.0);
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(64), 15 * 3 / 3.0) << "no more than trials are left";
    forecast.epoch(1, epoch(1, 5));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 14 * 4);
}

TEST(Forecast, CountsNoEpochTwiceThatARestartRepeats) {
    Forecast forecast(three_trials());
    forecast.epoch(2, epoch(0, 1));
    forecast.epoch(2, epoch(1, 1));
    forecast.epoch(2, epoch(1, 1));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 14);
}

TEST(Forecast, LeavesOutTheEpochsBeforeACheckpointOfAnotherTraining) {
    auto record = three_trials();
    record.continued[2] = {2, 1, 4, "trials/1/checkpoint.h5"};
    Forecast forecast(record);
    forecast.epoch(2, epoch(4, 1));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 2 + 4 + 5);
    Forecast anew(record);
    anew.epoch(2, epoch(0, 1));
    EXPECT_DOUBLE_EQ(*anew.seconds_left(1), 2 + 4 + 9) << "it was damaged";
}

TEST(Forecast, LeavesOutWhatEarlyStoppingSpares) {
    const auto record = three_trials();
    Forecast forecast(record);
    for (std::int64_t i = 0; i < 3; ++i) forecast.epoch(2, epoch(i, 3));
    forecast.ended(record, result(2, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 6 * 3);
    forecast.ended(record, result(0, 0));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(8), 4 * 3) << "a failure before the first epoch";
}

TEST(Forecast, OfASearchIsABound) {
    const auto record = three_trials();
    Forecast forecast(record, record::SearchEpochs{6});
    EXPECT_TRUE(forecast.is_bound());
    EXPECT_FALSE(Forecast(record).is_bound());
    forecast.epoch(0, epoch(0, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 5 * 3);
    forecast.epoch(1, epoch(0, 3));
    forecast.epoch(1, epoch(0, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 4 * 3) << "a repeated epoch counts once";
    forecast.ended(record, result(0, 1));
    forecast.ended(record, result(2, 0));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 3 * 3) << "no more than the trials can train";
}

TEST(Forecast, IsNoBoundWhereMoreMayBePromotedThanPlannedAndEndsWhereItIs) {
    const auto record = three_trials();
    Forecast forecast(record, record::SearchEpochs{2, false});
    EXPECT_FALSE(forecast.is_bound());
    EXPECT_GT(forecast.search_share(), 0);
    forecast.epoch(0, epoch(0, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 3);
    forecast.epoch(1, epoch(0, 3));
    EXPECT_FALSE(forecast.seconds_left(1)) << "trials still run";
}

TEST(Forecast, CountsWhatIsStillToBeSuggested) {
    auto record = three_trials();
    Forecast all(record);
    record.start.rounds = 5;
    Forecast more(record);
    for (auto* forecast : {&all, &more}) forecast->epoch(0, epoch(0, 3));
    EXPECT_GT(*more.seconds_left(1), *all.seconds_left(1));
}

TEST(Forecast, OfARecordIsThatOfItsEvents) {
    auto record = three_trials();
    Forecast followed(record);
    for (std::int64_t i = 0; i < 2; ++i) followed.epoch(0, epoch(i, 3));
    followed.ended(record, result(0, 2));
    followed.epoch(1, epoch(0, 7));
    record.trials[0].result = result(0, 2);
    record.trials[1].epochs = {epoch(0, 7)};
    const Forecast read(record);
    EXPECT_EQ(read.seconds_left(2), followed.seconds_left(2));
    EXPECT_EQ(read.epoch_seconds(), followed.epoch_seconds());
}

// Trials of 2, 4 and 10 epochs in one training.
TEST(Forecast, CountsTheEpochsOfATrainingOnce) {
    auto start = three_trials().start;
    start.shared = {{0, 1, 2}};
    record::SweepRecord record;
    record::update(record, start);
    Forecast forecast(record);
    EXPECT_EQ(forecast.planned_epochs(record, 0), 10);
    record::update(record, record::TrialStarted{0, 0, "", 1});
    for (std::int64_t i = 0; i < 2; ++i) forecast.epoch(0, epoch(i, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(4), 8 * 3) << "one group trains it";
    const auto end = [&](record::TrialId trial, std::int64_t epochs) {
        record::update(record, record::TrialFinished{result(trial, epochs), 2});
        forecast.ended(record, result(trial, epochs));
    };
    end(0, 2);
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 8 * 3);
    end(2, 2);  // stopped early
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 2 * 3);
    EXPECT_EQ(forecast.planned_epochs(record, 0), 4);
    for (std::int64_t i = 2; i < 4; ++i) forecast.epoch(0, epoch(i, 3));
    end(1, 4);
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 0);
    EXPECT_DOUBLE_EQ(*Forecast(record).epoch_seconds(), 3);
    EXPECT_DOUBLE_EQ(*Forecast(record).seconds_left(1), 0);
}

TEST(Forecast, KnowsHowLongPermutationsTrain) {
    auto record = three_trials();
    EXPECT_EQ(Forecast(record).planned_epochs(record, 2), 10);
    record.start.grid["pca_only"] = {true, false};
    record.start.trials = {4, 5};
    EXPECT_EQ(Forecast(record).planned_epochs(record, 4), 0);
    EXPECT_EQ(Forecast(record).planned_epochs(record, 5), 10);
    record.start.grid = {{"lr", {0.1}}};
    record.start.trials = {0};
    EXPECT_EQ(Forecast(record).planned_epochs(record, 0), 20);
}

TEST(Groups, AreWhatTheRanksGive) {
    record::World world;
    EXPECT_EQ(groups_of(world), 1);
    world.ranks = 8;
    world.group_size = 4;
    EXPECT_EQ(groups_of(world), 2);
}

TEST(Forecast, LeavesOutTheFoldsOfAPermutationThatIsStopped) {
    record::SweepStart start;
    start.grid["epochs"] = {std::int64_t{4}};
    start.grid["lr"] = {0.1, 0.2};
    start.folding = {3, 1, true};
    start.trials = record::trials_of_permutations(start.folding, {0, 1});
    record::SweepRecord record;
    record::update(record, start);
    Forecast forecast(record);
    forecast.epoch(0, epoch(0, 3));
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 23 * 3);
    auto stopped = result(0, 1);
    stopped.state = record::TrialState::stopped;
    record::update(record, record::TrialFinished{stopped, 5});
    forecast.ended(record, stopped);
    EXPECT_DOUBLE_EQ(*forecast.seconds_left(1), 12 * 3);
    EXPECT_DOUBLE_EQ(*Forecast(record).seconds_left(1), 12 * 3) << "likewise after a resume";
}

}  // namespace
}  // namespace msunet::report
