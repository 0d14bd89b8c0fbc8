// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sweeps that were extended, and trainings that go on from checkpoints of others.
#include <gtest/gtest.h>

#include <functional>

#include "msunet/core/error.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/record/sweep_record.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

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
    EXPECT_FALSE(record.checkpoint_of(7)) << "it would start anew again";
    SweepRecord other = continued();
    update(other, TrialStarted{7, 0, "", 3010});
    EXPECT_TRUE(other.find(7)->epochs.empty());
    EXPECT_TRUE(other.checkpoint_of(7)) << "it may be used yet";
    update(other, checkpoint(7, 1, 3020));
    EXPECT_EQ(other.checkpoint_of(7)->epoch, 1);
    EXPECT_TRUE(other.continued.empty()) << "it comes before the other one's";
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

}  // namespace
}  // namespace msunet::record
