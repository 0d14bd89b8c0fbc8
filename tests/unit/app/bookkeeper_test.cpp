// SPDX-License-Identifier: Apache-2.0
// Which files of permutations stay while a sweep goes on.

#include "app/engine/bookkeeper.hpp"

#include <gtest/gtest.h>

#include "msunet/core/file.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/event.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;

record::SweepStart four_permutations() {
    record::SweepStart start;
    start.experiment_name = "books";
    start.metric = "dice_coef";
    start.trials = {0, 1, 2, 3};
    start.grid["lr"] = {0.1, 0.2, 0.3, 0.4};
    start.at = 1;
    return start;
}

class BookkeeperTest : public testing::Test {
protected:
    BookkeeperTest()
        : folder_(fs::path(testing::TempDir()) /
                  ("msunet_books_" + std::to_string(core::unix_now()))) {
        record::update(record_, four_permutations());
    }
    ~BookkeeperTest() override { fs::remove_all(folder_); }
    BookkeeperTest(const BookkeeperTest&) = delete;
    BookkeeperTest& operator=(const BookkeeperTest&) = delete;

    /// A permutation ends with its weights in its folder.
    record::TrialFinished end(record::TrialId trial, double dice) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.state = record::TrialState::done;
        event.result.history.emplace_back().metrics.dice_coef = dice;
        event.result.weights_file = weights(trial);
        event.at = 2;
        core::make_directories(folder_ / record::trial_folder(trial));
        core::write_file_atomically(folder_ / weights(trial), "weights");
        record::update(record_, event);
        return event;
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

TEST_F(BookkeeperTest, KeepsTheBestWeightsOnly) {
    Bookkeeper keeper({.folder = folder_}, record_);
    for (const auto& [trial, dice] : {std::pair{2, 0.5}, {0, 0.4}, {3, 0.7}, {1, 0.7}}) {
        const auto event = end(static_cast<record::TrialId>(trial), dice);
        keeper.happened(event, record_);
    }
    EXPECT_EQ(left(), (Ids{0, 1, 2, 3})) << "before the journal is on disk";
    keeper.synced();
    EXPECT_EQ(left(), Ids{1}) << "of two that are equal the lower id wins";
}

TEST_F(BookkeeperTest, DeletesWhatAnEarlierStartLeft) {
    end(0, 0.4);
    end(2, 0.6);
    Bookkeeper keeper({.folder = folder_}, record_);
    keeper.synced();
    EXPECT_EQ(left(), Ids{2});
    keeper.happened(end(1, 0.8), record_);
    keeper.synced();
    EXPECT_EQ(left(), Ids{1});
}

TEST_F(BookkeeperTest, KeepsAllWhereAskedTo) {
    Bookkeeper keeper({.folder = folder_, .keep_all_models = true}, record_);
    for (const record::TrialId trial : {0U, 1U}) {
        keeper.happened(end(trial, 0.1 * static_cast<double>(trial)), record_);
    }
    keeper.synced();
    EXPECT_EQ(left(), (Ids{0, 1}));
}

}  // namespace
}  // namespace msunet::app
