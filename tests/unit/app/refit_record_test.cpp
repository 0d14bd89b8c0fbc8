// SPDX-License-Identifier: Apache-2.0
#include "app/refit_record.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

#include "msunet/record/event.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::app {
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

TEST(Refit, IsFoundForAnyPermutationWhileTrialsAreLeft) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("msunet_refit_" + std::to_string(getpid()));
    const auto record = two_folds(start_of({option("restore_best", "True")}));
    ASSERT_GT(record.unfinished(), 0U);
    std::filesystem::create_directories(folder / refit_folder);
    auto journal = record::Journal::create(folder / refit_folder / record::journal_name,
                                           refit_start(record, 1));
    EXPECT_EQ(refit_of(folder, record, 1).stage, RefitStage::none) << "it has not ended";
    record::TrialFinished ended;
    ended.result.state = record::TrialState::done;
    journal.append(ended);
    journal.sync();
    EXPECT_NE(refit_of(folder, record, 1).result_for(1), nullptr);
    EXPECT_EQ(refit_of(folder, record, 0).result_for(0), nullptr) << "of another one";
    EXPECT_EQ(refit_state(folder, record, false).stage, RefitStage::none);
    std::filesystem::remove_all(folder);
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
}  // namespace msunet::app
