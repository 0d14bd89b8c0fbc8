// SPDX-License-Identifier: Apache-2.0
// Which files of trials are kept while a sweep runs.

#include "msunet/experiment/superfluous_files.hpp"

#include <gtest/gtest.h>

#include "msunet/core/file.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/event.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::experiment {
namespace {

namespace fs = std::filesystem;

record::SweepStart four_trials() {
    record::SweepStart start;
    start.experiment_name = "files";
    start.metric = "dice_coef";
    start.trials = {0, 1, 2, 3};
    start.grid["lr"] = {0.1, 0.2, 0.3, 0.4};
    start.at = 1;
    return start;
}

class SuperfluousFilesTest : public testing::Test {
protected:
    SuperfluousFilesTest()
        : folder_(fs::path(testing::TempDir()) /
                  ("msunet_files_" + std::to_string(core::unix_now()))) {
        record::update(record_, four_trials());
    }
    ~SuperfluousFilesTest() override { fs::remove_all(folder_); }
    SuperfluousFilesTest(const SuperfluousFilesTest&) = delete;
    SuperfluousFilesTest& operator=(const SuperfluousFilesTest&) = delete;

    /// A trial ends with its weights in its folder.
    record::TrialResult end(record::TrialId trial, double dice) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.state = record::TrialState::done;
        event.result.history.emplace_back().metrics.dice_coef = dice;
        event.result.weights_file = weights(trial);
        event.at = 2;
        core::make_directories(folder_ / record::trial_folder(trial));
        core::write_file_atomically(folder_ / weights(trial), "weights");
        record::update(record_, event);
        return event.result;
    }

    static std::string weights(record::TrialId trial) {
        return record::trial_folder(trial) + "/weights.h5";
    }

    std::vector<record::TrialId> left() const {
        std::vector<record::TrialId> left;
        for (const auto trial : record_.start.trials) {
            if (fs::exists(folder_ / weights(trial))) left.push_back(trial);
        }
        return left;
    }

    using Ids = std::vector<record::TrialId>;
    fs::path folder_;
    record::SweepRecord record_;
};

TEST_F(SuperfluousFilesTest, KeepsTheBestWeightsOnly) {
    SuperfluousFiles files(folder_, {}, record_);
    for (const auto& [trial, dice] : {std::pair{2, 0.5}, {0, 0.4}, {3, 0.7}, {1, 0.7}}) {
        files.trial_ended(end(static_cast<record::TrialId>(trial), dice), record_);
    }
    EXPECT_EQ(left(), (Ids{0, 1, 2, 3})) << "before the journal is on disk";
    files.remove();
    EXPECT_EQ(left(), Ids{1}) << "of two that are equal the lower id wins";
}

// A new trial that stands before the best one in tables is better where they are equal.
TEST_F(SuperfluousFilesTest, KeepsTheWeightsOfTheFirstOfEqualTrialsOfAnExtension) {
    end(1, 0.7);
    record::SweepExtended extension;
    extension.grid["lr"] = {0.1, 0.15, 0.2, 0.3, 0.35, 0.4};
    extension.trials = {0, 4, 1, 2, 5, 3};
    extension.indices = {0, 1, 2, 3, 4, 5};
    record::update(record_, extension);
    SuperfluousFiles files(folder_, {}, record_);
    files.trial_ended(end(5, 0.7), record_);
    files.remove();
    EXPECT_EQ(left(), Ids{1}) << "it stands after the best one";
    files.trial_ended(end(4, 0.7), record_);
    files.remove();
    EXPECT_EQ(left(), Ids{4});
    EXPECT_EQ(record::best(record_)->trial, 4U);
}

TEST_F(SuperfluousFilesTest, DeletesWhatAnEarlierStartLeft) {
    end(0, 0.4);
    end(2, 0.6);
    SuperfluousFiles files(folder_, {}, record_);
    files.remove();
    EXPECT_EQ(left(), Ids{2});
    files.trial_ended(end(1, 0.8), record_);
    files.remove();
    EXPECT_EQ(left(), Ids{1});
}

TEST_F(SuperfluousFilesTest, DeletesCheckpointsOfWhatTheSearchHasStopped) {
    const auto stop = [&](record::TrialId trial) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.state = record::TrialState::stopped;
        record::update(record_, event);
        return event.result;
    };
    const auto checkpoint = [&](record::TrialId trial) {
        return folder_ / record::trial_folder(trial) / record::checkpoint_file_name;
    };
    for (const record::TrialId trial : {0U, 1U, 2U}) {
        core::make_directories(checkpoint(trial).parent_path());
        core::write_file_atomically(checkpoint(trial), "checkpoint");
    }
    stop(0);
    SuperfluousFiles files(folder_, {}, record_);
    files.trial_ended(stop(1), record_);
    files.remove();
    EXPECT_FALSE(fs::exists(checkpoint(0))) << "an earlier start left it";
    EXPECT_FALSE(fs::exists(checkpoint(1)));
    EXPECT_TRUE(fs::exists(checkpoint(2))) << "it can be promoted";
}

TEST_F(SuperfluousFilesTest, KeepsTheModelsOfAllFoldsOfTheBestMean) {
    auto start = four_trials();
    start.folding = {2, 1};
    start.trials = record::trials_of_permutations(start.folding, {0, 1, 2});
    record_ = {};
    record::update(record_, start);
    SuperfluousFiles files(folder_, {}, record_);
    const auto finish = [&](record::TrialId trial, double dice) {
        files.trial_ended(end(trial, dice), record_);
        files.remove();
    };
    finish(0, 0.9);
    finish(2, 0.6);
    finish(1, 0.1);
    EXPECT_EQ(left(), (Ids{0, 1, 2})) << "the mean of permutation 1 is not known yet";
    finish(3, 0.6);
    EXPECT_EQ(left(), (Ids{2, 3})) << "0.6 is better than the mean of 0.9 and 0.1";
    finish(4, 0.7);
    finish(5, 0.3);
    EXPECT_EQ(left(), (Ids{2, 3}));

    end(4, 0.7);
    SuperfluousFiles later(folder_, {}, record_);
    later.remove();
    EXPECT_EQ(left(), (Ids{2, 3})) << "what an earlier start left";
}

TEST_F(SuperfluousFilesTest, KeepsTheFoldsOfAFailedPermutationForItsRetry) {
    auto start = four_trials();
    start.folding = {2, 1};
    record_ = {};
    record::update(record_, start);
    SuperfluousFiles files(folder_, {}, record_);
    files.trial_ended(end(0, 0.9), record_);
    files.trial_ended(end(1, 0.9), record_);
    files.trial_ended(end(2, 0.5), record_);
    record::TrialFinished failure;
    failure.result.trial = 3;
    failure.result.state = record::TrialState::failed;
    record::update(record_, failure);
    files.trial_ended(failure.result, record_);
    files.remove();
    EXPECT_EQ(left(), (Ids{0, 1, 2}));

    record::update(record_, record::TrialRetried{3, 3});
    SuperfluousFiles later(folder_, {}, record_);
    later.trial_ended(end(3, 0.5), record_);
    later.remove();
    EXPECT_EQ(left(), (Ids{0, 1})) << "it is complete and not the best";
}

TEST_F(SuperfluousFilesTest, KeepsAllWhereAskedTo) {
    SuperfluousFiles files(folder_, {.all_models = true}, record_);
    for (const record::TrialId trial : {0U, 1U}) {
        files.trial_ended(end(trial, 0.1 * static_cast<double>(trial)), record_);
    }
    files.remove();
    EXPECT_EQ(left(), (Ids{0, 1}));
}

/// Trials that have ended with a checkpoint of their only epoch.
class LastCheckpointsTest : public SuperfluousFilesTest {
protected:
    static std::string file(record::TrialId trial) {
        return record::trial_folder(trial) + "/" + record::checkpoint_file_name;
    }

    record::TrialResult end_with_checkpoint(record::TrialId trial, std::int64_t epoch = 1) {
        core::make_directories(folder_ / record::trial_folder(trial));
        core::write_file_atomically(folder_ / file(trial), "checkpoint");
        record::update(record_, record::CheckpointSaved{{trial, file(trial), epoch, 0}, 2});
        return end(trial, 0.5);
    }

    static KeptFiles all_kept() {
        return {.all_models = true,
                .last_checkpoint = [](const core::Permutation&, std::int64_t) { return true; }};
    }

    [[nodiscard]] bool is_kept(record::TrialId trial) const {
        return fs::exists(folder_ / file(trial));
    }
};

TEST_F(LastCheckpointsTest, AreKeptWhereAskedFor) {
    SuperfluousFiles files(folder_, all_kept(), record_);
    files.trial_ended(end_with_checkpoint(0), record_);
    files.trial_ended(end_with_checkpoint(1, 0), record_);
    files.remove();
    EXPECT_TRUE(is_kept(0));
    EXPECT_FALSE(is_kept(1)) << "an epoch follows it";
    SuperfluousFiles later(folder_, all_kept(), record_);
    later.remove();
    EXPECT_TRUE(is_kept(0));
    SuperfluousFiles others(folder_, {}, record_);
    others.remove();
    EXPECT_FALSE(is_kept(0)) << "they are no longer asked for";
}

TEST_F(LastCheckpointsTest, AreKeptUntilTheTrainingsThatGoOnFromThemHaveEnded) {
    end_with_checkpoint(0);
    record_.continued[2] = {2, 0, 1, file(0)};
    record_.continued[3] = {3, 0, 1, file(0)};
    SuperfluousFiles files(folder_, {}, record_);
    files.remove();
    EXPECT_TRUE(is_kept(0));
    files.trial_ended(end(2, 0.6), record_);
    files.remove();
    EXPECT_TRUE(is_kept(0)) << "trial 3 is left";
    files.trial_ended(end(3, 0.7), record_);
    files.remove();
    EXPECT_FALSE(is_kept(0));
}

// One that was saved at a pause can be of the last epoch, and of no use.
TEST_F(LastCheckpointsTest, AreKeptOfThePermutationsThatAreAskedFor) {
    auto kept = all_kept();
    kept.last_checkpoint = [](const core::Permutation& permutation, std::int64_t epochs) {
        EXPECT_EQ(epochs, 1);
        return permutation.at("lr") != core::Value(0.2);
    };
    SuperfluousFiles files(folder_, kept, record_);
    for (const record::TrialId trial : {0U, 1U}) {
        files.trial_ended(end_with_checkpoint(trial), record_);
    }
    files.remove();
    EXPECT_TRUE(is_kept(0));
    EXPECT_FALSE(is_kept(1));
}

TEST_F(LastCheckpointsTest, AreKeptForATrainingThatHasFailed) {
    end_with_checkpoint(0);
    record_.continued[2] = {2, 0, 1, file(0)};
    record::TrialFinished failure;
    failure.result.trial = 2;
    failure.result.state = record::TrialState::failed;
    SuperfluousFiles files(folder_, {}, record_);
    record::update(record_, failure);
    files.trial_ended(failure.result, record_);
    files.remove();
    EXPECT_TRUE(is_kept(0)) << "it can be trained again";
    SuperfluousFiles later(folder_, {}, record_);
    later.remove();
    EXPECT_TRUE(is_kept(0)) << "also by a later start";
    record::update(record_, record::TrialRetried{2, 3});
    SuperfluousFiles again(folder_, {}, record_);
    again.trial_ended(end(2, 0.6), record_);
    again.remove();
    EXPECT_FALSE(is_kept(0));
}

TEST_F(LastCheckpointsTest, ThatCouldNotBeUsedAreNotKept) {
    end_with_checkpoint(0);
    record_.continued[2] = {2, 0, 1, file(0)};
    SuperfluousFiles files(folder_, {}, record_);
    record::update(record_, record::EpochFinished{2, {}, 3});
    ASSERT_TRUE(record_.continued.empty());
    files.trial_ended(end(2, 0.6), record_);
    files.remove();
    EXPECT_FALSE(is_kept(0));
}

TEST_F(SuperfluousFilesTest, KeepsTheCheckpointOfATrainingThatGoesOn) {
    auto start = four_trials();
    start.shared = {{0, 1}};
    record_ = {};
    record::update(record_, start);
    const auto checkpoint = folder_ / record::trial_folder(0) / record::checkpoint_file_name;
    core::make_directories(checkpoint.parent_path());
    core::write_file_atomically(checkpoint, "checkpoint");
    SuperfluousFiles files(folder_, {}, record_);
    files.trial_ended(end(0, 0.5), record_);
    files.remove();
    EXPECT_TRUE(fs::exists(checkpoint)) << "trial 1 is trained on";
    files.trial_ended(end(1, 0.6), record_);
    files.remove();
    EXPECT_FALSE(fs::exists(checkpoint));
}

}  // namespace
}  // namespace msunet::experiment
