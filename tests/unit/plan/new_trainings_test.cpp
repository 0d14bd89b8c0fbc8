// SPDX-License-Identifier: Apache-2.0
// How an extension's new trials are trained.

#include "plan/new_trainings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "msunet/core/text.hpp"

namespace msunet::plan {
namespace {

using record::TrialId;
using testing::ElementsAre;
using testing::IsEmpty;

unet::Hyperparameters values_of(const core::Permutation& permutation) {
    return unet::from_permutation(permutation);
}

/// A sweep of these epochs by one learning rate each; ids in the order of `epochs`.
class NewTrainingsTest : public testing::Test {
protected:
    using Integers = std::vector<std::int64_t>;

    static std::vector<core::Value> list(const Integers& numbers) {
        return {numbers.begin(), numbers.end()};
    }

    void start(const Integers& epochs, std::vector<std::vector<TrialId>> shared = {},
               record::GridLists others = {}) {
        record::SweepStart start;
        start.grid = std::move(others);
        start.grid["epochs"] = list(epochs);
        start.metric = "val_dice_coef";
        start.shared = std::move(shared);
        TrialId count = 1;
        for (const auto& entry : start.grid) count *= entry.second.size();
        for (TrialId id = 0; id < count; ++id) start.trials.push_back(id);
        record::update(record_, start);
    }

    static std::string checkpoint(TrialId training) {
        return core::concat("trials/", training, "/checkpoint.h5");
    }

    /// A trial ends after so many epochs, the best of which is the second.
    void end(TrialId trial, std::int64_t epochs,
             record::TrialState state = record::TrialState::done) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.state = state;
        for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
            auto& report = event.result.history.emplace_back();
            report.epoch = epoch;
            report.metrics.val_dice_coef = epoch == 1 ? 0.9 : 0.5;
        }
        record::update(record_, event);
    }

    void save(TrialId training, std::int64_t epoch, std::int64_t step = 0) {
        record::update(record_,
                       record::CheckpointSaved{{training, checkpoint(training), epoch, step}, 2});
    }

    /// The new trials of the grid with these epochs; those that are there are its first.
    NewTrainings extend(const Integers& epochs, const record::GridLists& others = {}) {
        record::SweepExtended extension;
        extension.grid = others.empty() ? record_.start.grid : others;
        extension.grid["epochs"] = list(epochs);
        std::uint64_t count = 1;
        for (const auto& entry : extension.grid) count *= entry.second.size();
        TrialId next = record_.start.trials.size();
        for (std::uint64_t index = 0; index < count; ++index) {
            const auto permutation = record::permutation_of(extension.grid, index);
            const auto known = std::ranges::find_if(record_.start.trials, [&](TrialId trial) {
                return record_.permutation(trial) == permutation;
            });
            extension.trials.push_back(known == record_.start.trials.end() ? next++ : *known);
            extension.indices.push_back(index);
        }
        extension.shared = record_.start.shared;
        const auto trainings = new_trainings(record_, extension, rules_);
        extension.shared.insert(extension.shared.end(), trainings.shared.begin(),
                                trainings.shared.end());
        extension.continued = trainings.continued;
        extended_ = record_;
        record::update(extended_, extension);
        return trainings;
    }

    record::SweepRecord record_, extended_;
    std::set<std::string> gone_;
    TrainingRules rules_{
        .values = values_of,
        .key = [](const unet::Hyperparameters& values,
                  TrialId) { return std::optional(core::concat(values.lr)); },
        .is_there = [this](const std::string& file) { return !gone_.contains(file); }};
};

TEST_F(NewTrainingsTest, GoOnFromTheLastCheckpoint) {
    start({5});
    save(0, 5);
    end(0, 5);
    const auto trainings = extend({5, 8, 12});
    EXPECT_THAT(trainings.shared, ElementsAre(ElementsAre(1, 2)));
    EXPECT_THAT(trainings.continued,
                ElementsAre(record::Continuation{1, 0, 5, "trials/0/checkpoint.h5"}));
    EXPECT_EQ(going_on_text(extended_, values_of),
              "2 permutations go on from checkpoints: 7 epochs instead of 12");
}

TEST_F(NewTrainingsTest, StartAnewWithoutOne) {
    start({5});
    end(0, 5);
    EXPECT_THAT(extend({5, 8}).continued, IsEmpty());
    EXPECT_EQ(going_on_text(extended_, values_of), "");
    record_ = {};
    start({5});
    save(0, 4);
    end(0, 5);
    EXPECT_THAT(extend({5, 8}).continued, IsEmpty()) << "it is not of the last epoch";
    record_ = {};
    start({5});
    save(0, 5, 2);
    end(0, 5);
    EXPECT_THAT(extend({5, 8}).continued, IsEmpty()) << "it is within the next epoch";
    record_ = {};
    start({5});
    save(0, 5);
    EXPECT_THAT(extend({5, 8}).continued, IsEmpty()) << "it has not ended";
    end(0, 5, record::TrialState::failed);
    EXPECT_THAT(extend({5, 8}).continued, IsEmpty()) << "it has failed";
}

TEST_F(NewTrainingsTest, StartAnewWhereTheFileIsGoneOrTheStepsAreOthers) {
    start({5}, {}, {{"lr", {unet::Hyperparameters{}.lr}}});
    save(0, 5);
    end(0, 5);
    const auto other_rate = extend({5, 8}, {{"lr", {unet::Hyperparameters{}.lr, 0.5}}});
    EXPECT_THAT(other_rate.continued, ElementsAre(record::Continuation{2, 0, 5, checkpoint(0)}));
    EXPECT_THAT(other_rate.shared, ElementsAre(ElementsAre(1, 3)));
    gone_.insert(checkpoint(0));
    const auto without = extend({5, 8});
    EXPECT_THAT(without.continued, IsEmpty());
    EXPECT_THAT(without.missing, ElementsAre(checkpoint(0)));
    EXPECT_THAT(extend({3, 5}).missing, IsEmpty()) << "nothing could go on from it";
}

TEST_F(NewTrainingsTest, GoOnFromAnEarlierCheckpointWhereTheFurthestIsGone) {
    start({5, 20});
    save(0, 5);
    end(0, 5);
    save(1, 20);
    end(1, 20);
    gone_.insert(checkpoint(1));
    const auto trainings = extend({5, 12, 20, 40});
    EXPECT_THAT(trainings.continued, ElementsAre(record::Continuation{2, 0, 5, checkpoint(0)}));
    EXPECT_THAT(trainings.missing, ElementsAre(checkpoint(1)));
    gone_ = {checkpoint(0)};
    EXPECT_THAT(extend({5, 20, 40}).missing, IsEmpty()) << "another one is further";
}

// Its checkpoint is deleted, or about to be.
TEST_F(NewTrainingsTest, DoNotGoOnFromAScheduleThatHasEnded) {
    const record::GridLists patience{{"early_stopping", {std::int64_t{40}, std::int64_t{50}}},
                                     {"lr_schedule", {std::string("cosine")}}};
    start({5}, {},
          {{"early_stopping", {std::int64_t{40}}}, {"lr_schedule", {std::string("cosine")}}});
    save(0, 5);
    end(0, 5);
    EXPECT_THAT(extend({5}, patience).continued, IsEmpty());
    gone_.insert(checkpoint(0));
    EXPECT_THAT(extend({5}, patience).missing, IsEmpty());
}

TEST_F(NewTrainingsTest, WhoseEndsArePassedDoNotGoOn) {
    start({5});
    save(0, 5);
    end(0, 5);
    const auto trainings = extend({3, 4, 5, 8});
    EXPECT_THAT(trainings.shared, ElementsAre(ElementsAre(1, 2)));
    EXPECT_THAT(trainings.continued, ElementsAre(record::Continuation{3, 0, 5, checkpoint(0)}));
}

// Else one that early stopping is known to end would take the others with it from the first epoch.
TEST_F(NewTrainingsTest, CountTheEpochsBeforeEarlyStopping) {
    const record::GridLists patience{{"early_stopping", {std::int64_t{2}, std::int64_t{40}}}};
    start({5}, {{0, 1}}, patience);
    save(0, 5);
    end(0, 4);
    end(1, 5);
    const auto trainings = extend({5, 8}, patience);
    EXPECT_THAT(trainings.shared, IsEmpty()) << "4 epochs and 3, instead of 8";
    EXPECT_THAT(trainings.continued, ElementsAre(record::Continuation{3, 0, 5, checkpoint(0)}));
}

TEST_F(NewTrainingsTest, GoOnFromTheFurthestOfSeveral) {
    start({5, 20});
    for (const TrialId trial : {0U, 1U}) {
        const std::int64_t epochs = trial == 0 ? 5 : 20;
        save(trial, epochs);
        end(trial, epochs);
    }
    const auto trainings = extend({2, 5, 12, 20, 40});
    EXPECT_THAT(trainings.shared, IsEmpty());
    EXPECT_THAT(trainings.continued, ElementsAre(record::Continuation{3, 0, 5, checkpoint(0)},
                                                 record::Continuation{4, 1, 20, checkpoint(1)}));
    EXPECT_EQ(going_on_text(extended_, values_of),
              "2 permutations go on from checkpoints: 27 epochs instead of 52");
}

TEST_F(NewTrainingsTest, OfASharedTrainingGoOnFromItsLastEnd) {
    start({3, 5}, {{0, 1}});
    save(0, 5);
    end(0, 3);
    EXPECT_THAT(extend({3, 5, 8}).continued, IsEmpty()) << "trial 1 is left";
    end(1, 5);
    EXPECT_THAT(extend({3, 5, 8}).continued,
                ElementsAre(record::Continuation{2, 0, 5, checkpoint(0)}));
    EXPECT_THAT(extend({3, 4, 5}).continued, IsEmpty());
}

TEST_F(NewTrainingsTest, NeedTheBestEpochsWeightsWhereTheyRestoreThem) {
    const record::GridLists both{{"restore_best", {false, true}}};
    start({5}, {}, {{"restore_best", {false}}});
    save(0, 5);
    end(0, 5);
    // Going on would take 3 epochs, and 1 beside the training from the first epoch.
    auto trainings = extend({5, 8}, both);
    EXPECT_THAT(trainings.continued, IsEmpty());
    EXPECT_THAT(trainings.shared, ElementsAre(ElementsAre(1, 2, 3)));

    record_ = {};
    start({1, 5}, {{0, 1}}, {{"restore_best", {true}}});
    save(0, 5);
    end(0, 1);
    end(1, 5);
    trainings = extend({1, 5, 8}, {{"restore_best", {true}}});
    EXPECT_THAT(trainings.continued, ElementsAre(record::Continuation{2, 0, 5, checkpoint(0)}));
}

// The epochs of a permutation that restores its best one kept the weights, not those after it.
TEST_F(NewTrainingsTest, NeedThemFromThatEpochOn) {
    for (const std::int64_t kept_until : {1, 2}) {
        record_ = {};
        start({kept_until, 5}, {{0, 2}, {1, 3}}, {{"restore_best", {false, true}}});
        // Of "epochs" and "restore_best" the last name is fastest: trial 1 restores, trial 2 not.
        record_.start.shared = {{0, 1, 2}};
        record_.start.trials = {0, 1, 2};
        record_.shared_trainings = record_.start.shared_trainings();
        save(0, 5);
        end(0, kept_until);
        end(1, kept_until);
        end(2, 5);
        record::SweepExtended extension;
        extension.grid = record_.start.grid;
        extension.grid["epochs"].emplace_back(std::int64_t{8});
        extension.trials = {0, 1, 2, 3, 4, 5};
        extension.indices = {0, 1, 2, 3, 4, 5};
        extension.shared = record_.start.shared;
        const auto trainings = new_trainings(record_, extension, rules_);
        if (kept_until == 2) {
            EXPECT_THAT(trainings.continued,
                        ElementsAre(record::Continuation{3, 0, 5, checkpoint(0)}));
        } else {
            EXPECT_THAT(trainings.continued, IsEmpty());
        }
        EXPECT_THAT(trainings.shared, ElementsAre(ElementsAre(3, 4, 5)));
    }
}

TEST_F(NewTrainingsTest, AreCountedFromTheirNewestCheckpoints) {
    start({5});
    save(0, 5);
    end(0, 5);
    extend({5, 8, 12});
    const auto text = [&] { return going_on_text(extended_, values_of); };
    const auto save_own = [&](std::int64_t epoch, std::int64_t step) {
        record::update(extended_, record::CheckpointSaved{{1, checkpoint(1), epoch, step}, 3});
    };
    save_own(7, 2);
    EXPECT_EQ(text(), "2 permutations go on from checkpoints: 5 epochs instead of 12");
    record::TrialFinished ended;
    ended.result.trial = 2;
    record::update(extended_, ended);
    EXPECT_EQ(text(), "1 permutation goes on from checkpoints: 1 epoch instead of 8");
    save_own(8, 0);
    EXPECT_EQ(text(), "1 permutation goes on from checkpoints: 0 epochs instead of 8");
    save_own(2, 0);
    EXPECT_EQ(text(), "") << "it could not use the other one's";
}

TEST_F(NewTrainingsTest, MayEndBeforeByEarlyStopping) {
    const auto text_with = [&](const std::vector<core::Value>& patience) {
        record_ = {};
        start({5}, {}, {{"early_stopping", {patience.front()}}});
        save(0, 5);
        end(0, 5);
        extend({5, 8}, {{"early_stopping", patience}});
        return going_on_text(extended_, values_of);
    };
    EXPECT_EQ(text_with({std::int64_t{40}}),
              "1 permutation goes on from checkpoints: at most 3 epochs instead of 8");
    EXPECT_EQ(text_with({{}}), "1 permutation goes on from checkpoints: 3 epochs instead of 8");
    EXPECT_EQ(text_with({{}, std::int64_t{40}}),
              "3 permutations go on from checkpoints: 3 epochs instead of 8");
}

TEST_F(NewTrainingsTest, WithoutKeysAreAlone) {
    start({5});
    save(0, 5);
    end(0, 5);
    rules_.key = [](const unet::Hyperparameters&, TrialId) -> std::optional<std::string> {
        return std::nullopt;
    };
    const auto trainings = extend({5, 8, 12});
    EXPECT_THAT(trainings.continued, IsEmpty());
    EXPECT_THAT(trainings.shared, IsEmpty());
}

}  // namespace
}  // namespace msunet::plan
