// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/sweep_record.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "msunet/core/error.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

SweepRecord started() {
    SweepRecord record;
    update(record, sample_start());
    return record;
}

Resumed resumed(double at) { return {{"n1", 5, ""}, sample_world(), at}; }

CheckpointSaved checkpoint(TrialId trial, std::int64_t epoch, double at) {
    return {{trial, "trials/x/checkpoint.h5", epoch, 0}, at};
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
    EXPECT_TRUE(record.find(2)->epochs.empty());
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
SweepExtended sample_extension() {
    SweepExtended event;
    event.grid = sample_start().grid;
    event.grid["lr"] = {0.001, 0.005, 0.01};
    event.trials = {0, 6, 1, 2, 7, 3, 4, 8, 5};
    event.indices = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    event.shared = {{7, 8}};
    event.at = 3000;
    return event;
}

SweepRecord unsharded() {
    SweepStart start = sample_start();
    start.shard.clear();
    SweepRecord record;
    update(record, start);
    return record;
}

TEST(Extended, TrialsKeepTheirPermutations) {
    SweepRecord record = unsharded();
    for (const TrialId trial : {TrialId{1}, TrialId{0}}) {
        update(record, TrialFinished{scored(trial, 0.5), 1020});
    }
    update(record, Finished{2000});
    update(record, resumed(2500));
    update(record, sample_extension());
    EXPECT_FALSE(record.finished);
    EXPECT_FALSE(record.starts[0].died);
    EXPECT_EQ(record.planned(), 9U);
    ASSERT_EQ(record.extensions.size(), 1U);
    EXPECT_EQ(record.extensions[0].added, 3U);
    EXPECT_EQ(record.extensions[0].at, 3000);
    EXPECT_EQ(record.unfinished(), 7U);
    EXPECT_EQ(record.permutation(1).at("lr"), core::Value(0.01));
    EXPECT_EQ(record.permutation(6).at("lr"), core::Value(0.005));
    EXPECT_EQ(record.result(1)->permutation, record.permutation(1));
    EXPECT_EQ(record.training_of(8), 7U);
    update(record, TrialFinished{scored(6, 0.5), 3020});
    std::vector<TrialId> ids;
    for (const TrialResult* result : record.results()) ids.push_back(result->trial);
    EXPECT_EQ(ids, (std::vector<TrialId>{0, 6, 1})) << "the order of the grid";
    EXPECT_EQ(best(record)->trial, 0U);
}

TEST(Extended, OfEqualTrialsTheFirstOfTheTableIsBest) {
    SweepRecord record = unsharded();
    update(record, sample_extension());
    update(record, TrialFinished{scored(1, 0.5), 3020});
    update(record, TrialFinished{scored(6, 0.5), 3020});
    EXPECT_EQ(best(record)->trial, 6U);
}

TEST(Extended, RefusesWhatIsNoExtension) {
    const auto refused = [](auto change) {
        SweepExtended event = sample_extension();
        change(event);
        SweepRecord record = unsharded();
        EXPECT_THROW(update(record, event), core::InputError);
    };
    refused([](SweepExtended& event) { event.trials[0] = 9; });
    refused([](SweepExtended& event) { event.trials[1] = 1; });
    refused([](SweepExtended& event) { event.indices.back() = 9; });
    refused([](SweepExtended& event) { event.indices.pop_back(); });
    refused([](SweepExtended& event) { std::swap(event.indices[0], event.indices[1]); });
    refused([](SweepExtended& event) { event.grid["lr"].clear(); });
    refused([](SweepExtended& event) { event.shared = {{7, 9}}; });
    SweepRecord record = unsharded();
    record.start.shard = "1/2";
    EXPECT_THROW(update(record, sample_extension()), core::InputError);
}

/// Trial 1 has ended after two epochs, the training of the new trials 7 and 8 goes on from it.
SweepRecord continued() {
    SweepRecord record = unsharded();
    update(record, TrialStarted{1, 0, "", 1010});
    update(record, checkpoint(1, 2, 1015));
    TrialResult result = scored(1, 0.5);
    result.history = {sample_epoch(0), sample_epoch(1)};
    update(record, TrialFinished{result, 1020});
    SweepExtended event = sample_extension();
    event.continued = {{7, 1, 2, "trials/1/checkpoint.h5"}};
    update(record, event);
    return record;
}

TEST(Extended, FoldsOfAPermutationStayTogether) {
    const auto extend = [](const std::function<void(SweepExtended&)>& change) {
        SweepStart start = sample_start();
        start.shard.clear();
        start.grid = {{"lr", {0.1, 0.2}}};
        start.folding = {2, 1};
        start.trials = {0, 1, 2, 3};
        start.shared.clear();
        SweepRecord record;
        update(record, start);
        SweepExtended event;
        event.grid = {{"lr", {0.1, 0.15, 0.2}}};
        event.trials = {0, 1, 4, 5, 2, 3};
        event.indices = {0, 1, 2};
        change(event);
        update(record, event);
        return record;
    };
    SweepRecord record = extend([](SweepExtended&) {});
    EXPECT_EQ(record.start.indices, (std::vector<std::uint64_t>{0, 0, 2, 2, 1, 1}));
    for (const TrialId trial : {TrialId{2}, TrialId{5}, TrialId{4}, TrialId{3}}) {
        update(record, TrialFinished{scored(trial, 0.5), 1020});
    }
    std::vector<TrialId> order;
    for (const auto* result : record.results()) order.push_back(result->trial);
    EXPECT_EQ(order, (std::vector<TrialId>{4, 5, 2, 3}));
    const PermutationView view(record);
    EXPECT_EQ(view.record().start.trials, (std::vector<TrialId>{0, 1, 2}));
    EXPECT_EQ(view.record().start.indices, (std::vector<std::uint64_t>{0, 2, 1}));
    EXPECT_EQ(view.record().extensions.size(), 1U);
    EXPECT_EQ(Leaderboard(record).best(), 2U) << "of equal ones the first of the tables";

    const auto refused = [&](const std::function<void(SweepExtended&)>& change) {
        EXPECT_THROW(static_cast<void>(extend(change)), core::InputError);
    };
    refused([](SweepExtended& event) { event.trials = {0, 1, 5, 4, 2, 3}; });
    refused([](SweepExtended& event) { event.trials = {0, 1, 5, 6, 2, 3}; });
    refused([](SweepExtended& event) { event.trials = {0, 1, 4, 5, 2}; });
    refused([](SweepExtended& event) { event.indices = {0, 0, 1, 1, 2, 2}; });
}

TEST(Continued, TrainingsBeginAtTheCheckpoint) {
    SweepRecord record = continued();
    EXPECT_EQ(record.find(7), nullptr) << "it has not started";
    ASSERT_TRUE(record.checkpoint_of(7));
    EXPECT_EQ(record.checkpoint_of(7)->file, "trials/1/checkpoint.h5");
    EXPECT_EQ(record.checkpoint_of(7)->epoch, 2);
    EXPECT_FALSE(record.checkpoint_of(6));

    update(record, TrialStarted{7, 0, "trials/1/checkpoint.h5", 3010});
    EXPECT_EQ(record.find(7)->epochs, record.result(1)->history);
    update(record, EpochFinished{7, sample_epoch(2), 3020});
    EXPECT_EQ(record.find(7)->epochs.size(), 3U);
    update(record, checkpoint(7, 3, 3025));
    EXPECT_EQ(record.checkpoint_of(7)->file, "trials/x/checkpoint.h5") << "its own one";
    // A further extension leaves it as it is.
    SweepExtended further = sample_extension();
    further.grid["lr"].push_back(0.02);
    further.trials = {0, 6, 1, 9, 2, 7, 3, 10, 4, 8, 5, 11};
    further.indices = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    update(record, further);
    EXPECT_EQ(record.continued.size(), 1U);
}

TEST(Continued, TrainingsThatStartAnewHaveNoEpochsBefore) {
    SweepRecord record = continued();
    update(record, TrialStarted{7, 0, "trials/1/checkpoint.h5", 3010});
    update(record, EpochFinished{7, sample_epoch(0), 3020});
    EXPECT_EQ(record.find(7)->epochs.size(), 1U) << "the checkpoint was damaged";
    SweepRecord other = continued();
    update(other, TrialStarted{7, 0, "", 3010});
    EXPECT_TRUE(other.find(7)->epochs.empty());
}

TEST(Continued, TrainingsFollowOneThatHasEnded) {
    const auto refused = [](const Continuation& continuation) {
        SweepRecord record = unsharded();
        update(record, TrialFinished{scored(1, 0.5), 1020});
        SweepExtended event = sample_extension();
        event.continued = {continuation};
        EXPECT_THROW(update(record, event), core::InputError) << continuation.trial;
    };
    refused({2, 1, 2, "x"});
    refused({9, 1, 2, "x"});
    refused({8, 1, 2, "x"});  // trained with trial 7
    refused({7, 0, 2, "x"});
    refused({7, 1, 0, "x"});
}

TEST(LastCheckpoint, IsThatOfTheLastEpochOfATrainingThatIsDone) {
    SweepRecord record = continued();
    ASSERT_TRUE(record.last_checkpoint(1));
    EXPECT_EQ(record.last_checkpoint(1)->epoch, 2);
    EXPECT_FALSE(record.last_checkpoint(0)) << "it has not started";
    update(record, checkpoint(0, 1, 3010));
    EXPECT_FALSE(record.last_checkpoint(0)) << "it has not ended";
    TrialResult result = scored(0, 0.5);
    result.history = {sample_epoch(0), sample_epoch(1)};
    update(record, TrialFinished{result, 3020});
    EXPECT_FALSE(record.last_checkpoint(0)) << "an epoch follows it";
    update(record, CheckpointSaved{{0, "x", 2, 1}, 3030});
    EXPECT_FALSE(record.last_checkpoint(0)) << "a step follows it";
    update(record, CheckpointSaved{{0, "x", 2, 0}, 3040});
    EXPECT_TRUE(record.last_checkpoint(0));
    result.state = TrialState::failed;
    update(record, TrialFinished{result, 3050});
    EXPECT_FALSE(record.last_checkpoint(0)) << "it has failed";
}

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
