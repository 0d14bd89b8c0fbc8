// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/refit_record.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "msunet/record/event.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::experiment {
namespace {

/// Permutation 1 of two on two folds, whose best epochs are the third and the sixth.
record::SweepRecord two_folds(record::SweepStart start) {
    start.folding = {2, 1};
    start.trials = record::trials_of_permutations(start.folding, {0, 1});
    record::SweepRecord record;
    record::update(record, start);
    for (const record::TrialId trial : {2U, 3U}) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.best_epoch = trial == 2 ? 2 : 5;
        record::update(record, event);
    }
    return record;
}

record::SweepStart start_of(std::initializer_list<core::OptionText> options) {
    record::SweepStart start;
    start.grid["epochs"] = {std::int64_t{9}};
    start.grid["lr"] = {0.1, 0.2};
    start.configuration = options;
    return start;
}

core::OptionText option(const char* name, const char* text) {
    return {name, text, core::Affects::result};
}

TEST(Refit, TakesTheMeanBestEpoch) {
    const auto record = two_folds(start_of({option("restore_best", "True")}));
    EXPECT_EQ(refit_permutation(record, 1),
              (core::Permutation{{"epochs", std::int64_t{5}}, {"lr", 0.2}}))
        << "4.5, rounded";
}

TEST(Refit, TakesAllEpochsWhereTheLastCounts) {
    const auto record = two_folds(start_of({option("restore_best", "False")}));
    EXPECT_EQ(refit_permutation(record, 1).at("epochs"), core::Value(std::int64_t{9}));
}

TEST(Refit, HasNoCallbacks) {
    auto start = start_of(
        {option("lr_schedule", "plateau"), option("early_stopping", "3"), option("folds", "2")});
    start.grid["early_stopping"] = {std::int64_t{4}};
    start.grid["restore_best"] = {true};
    const auto record = two_folds(start);
    EXPECT_EQ(
        refit_permutation(record, 1),
        (core::Permutation{
            {"epochs", std::int64_t{5}}, {"lr", 0.2}, {"lr_schedule", std::string("constant")}}));
    const auto refit = refit_start(record, 1);
    EXPECT_EQ(refit.trials, std::vector<record::TrialId>{0});
    EXPECT_EQ(refit.folding, record::Folding{});
    EXPECT_EQ(record::permutation_of(refit.grid, 0), refit_permutation(record, 1));
    EXPECT_EQ(record::setting(refit.configuration, "early_stopping"), "none");
    EXPECT_EQ(record::setting(refit.configuration, "folds"), "none");
    EXPECT_EQ(refit.metric, "dice_coef");
}

/// A folder with the journal of a refit.
class RefitFolderTest : public testing::Test {
protected:
    RefitFolderTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("msunet_refit_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_ / refit_folder);
    }
    ~RefitFolderTest() override { std::filesystem::remove_all(folder_); }
    RefitFolderTest(const RefitFolderTest&) = delete;
    RefitFolderTest& operator=(const RefitFolderTest&) = delete;

    [[nodiscard]] std::filesystem::path file() const {
        return folder_ / refit_folder / record::journal_name;
    }
    static void end(record::Journal& journal) {
        record::TrialFinished ended;
        ended.result.state = record::TrialState::done;
        journal.append(ended);
        journal.sync();
    }

    std::filesystem::path folder_;
};

TEST_F(RefitFolderTest, IsFoundForAnyPermutationWhileTrialsAreLeft) {
    const auto record = two_folds(start_of({option("restore_best", "True")}));
    ASSERT_GT(record.unfinished(), 0U);
    auto journal = record::Journal::create(file(), refit_start(record, 1));
    EXPECT_EQ(refit_of(folder_, record, 1).stage, RefitStage::none) << "it has not ended";
    end(journal);
    EXPECT_NE(refit_of(folder_, record, 1).result_for(1), nullptr);
    EXPECT_EQ(refit_of(folder_, record, 0).result_for(0), nullptr) << "of another one";
    EXPECT_EQ(refit_state(folder_, record, false).stage, RefitStage::none);
}

TEST_F(RefitFolderTest, IsThatOfAPermutationWhoseGridIsWrittenOtherwise) {
    auto record = two_folds(start_of({option("online_augmentation", "light")}));
    auto journal = record::Journal::create(file(), refit_start(record, 1));
    end(journal);
    // A further value of `lr`, and keys that all trials had at their defaults.
    record::SweepExtended extension;
    extension.configuration = record.start.configuration;
    extension.grid["dropout"] = {0.5, 0.25};
    extension.grid["epochs"] = {std::int64_t{9}};
    extension.grid["lr"] = {0.1, 0.2};
    extension.grid["online_augmentation"] = {std::string("light"), std::string("none")};
    extension.grid["patch_dimensions"] = {std::int64_t{64}};
    extension.indices = {0, 1, 2, 3, 4, 5, 6, 7};
    // Of the grid with the last name fastest: augmentation, then the rate.
    extension.trials =
        record::trials_of_permutations(record.start.folding, {0, 2, 1, 3, 4, 5, 6, 7});
    record::update(record, extension);
    ASSERT_EQ(record.permutation(2).at("lr"), core::Value(0.2));
    EXPECT_NE(refit_of(folder_, record, 1).result_for(1), nullptr);
    EXPECT_EQ(refit_of(folder_, record, 0).result_for(0), nullptr) << "another rate";
    EXPECT_EQ(refit_of(folder_, record, 3).result_for(3), nullptr) << "another augmentation";
    EXPECT_EQ(refit_of(folder_, record, 5).result_for(5), nullptr) << "another dropout";
    record.start.grid["epochs"] = {std::int64_t{10}};
    EXPECT_EQ(refit_of(folder_, record, 1).result_for(1), nullptr) << "other epochs";
    record.start.grid["epochs"] = {std::int64_t{9}};
    record.start.configuration.push_back(option("use_frac_patch", "False"));
    EXPECT_EQ(refit_of(folder_, record, 1).result_for(1), nullptr) << "another patch";
}

TEST_F(RefitFolderTest, ThatCanNotBeReadIsThatOfTheBestPermutation) {
    auto start = start_of({});
    start.metric = "dice_coef";
    auto record = two_folds(start);
    for (const record::TrialId trial : {0U, 1U, 2U, 3U}) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.state = record::TrialState::done;
        event.result.history.emplace_back().metrics.dice_coef = trial < 2 ? 0.5 : 0.7;
        record::update(record, event);
    }
    std::ofstream(file()) << "damaged\n{}\n";
    EXPECT_EQ(refit_of(folder_, record, 1).stage, RefitStage::failed);
    EXPECT_EQ(refit_of(folder_, record, 0).stage, RefitStage::none);
}

TEST(Refit, IsNoSearch) {
    auto start = start_of({option("strategy", "asha"), option("sampler", "tpe"),
                           option("strategy_budget", "40"), option("folds", "2")});
    auto record = two_folds(start);
    record.start.rounds = 8;
    record.start.folding.first_decides = true;
    const auto refit = refit_start(record, 1);
    EXPECT_EQ(record::setting(refit.configuration, "strategy"), "grid");
    EXPECT_EQ(record::setting(refit.configuration, "sampler"), "grid");
    EXPECT_EQ(record::setting(refit.configuration, "strategy_budget"), "none");
    EXPECT_EQ(refit.rounds, 0U) << "nothing is suggested";
    EXPECT_EQ(refit.folding, record::Folding{});
}

}  // namespace
}  // namespace msunet::experiment
