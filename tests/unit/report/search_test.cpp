// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/search.hpp"

#include <gtest/gtest.h>

#include "msunet/record/event.hpp"

namespace msunet::report {
namespace {

using record::update;

constexpr double first_at = 100;

/// A halving search of three trials of nine epochs, after its first rung.
record::SweepRecord after_one_rung() {
    record::SweepStart start;
    start.metric = "dice_coef";
    start.configuration = {{"strategy", "halving", {}}};
    start.grid["epochs"] = {std::int64_t{9}};
    start.grid["lr"] = {0.1, 0.2, 0.3};
    start.trials = {0, 1, 2};
    record::SweepRecord record;
    update(record, start);
    for (record::TrialId trial = 0; trial < 3; ++trial) {
        const double at = first_at + static_cast<double>(trial);
        update(record, record::TrialStarted{trial, 0, "", at});
        update(record, record::EpochFinished{trial, {}, at});
        update(record,
               record::RungReached{trial, 1, 0.5 + 0.1 * static_cast<double>(trial), {}, at});
    }
    return record;
}

record::TrialFinished finished_at(record::TrialId trial, record::TrialState state,
                                  std::size_t epochs, double at) {
    record::TrialResult result;
    result.trial = trial;
    result.state = state;
    result.history.resize(epochs);
    if (epochs > 0) result.history.back().metrics.dice_coef = 0.9;
    result.ended_at = at;
    return {result, at};
}

TEST(Search, AGridHasNone) {
    auto record = after_one_rung();
    record.start.configuration = {{"strategy", "grid", {}}};
    EXPECT_FALSE(search_figures(record));
    record.start.configuration.clear();
    EXPECT_FALSE(search_figures(record)) << "a release before 0.2";
}

TEST(Search, CountsArrivalsPromotionsAndEpochs) {
    auto record = after_one_rung();
    update(record, record::TrialPromoted{2, 3, 1, 0, 110});
    update(record, finished_at(0, record::TrialState::stopped, 1, first_at));
    const auto running = search_figures(record);
    ASSERT_TRUE(running);
    ASSERT_EQ(running->rungs.size(), 1U);
    EXPECT_EQ(running->rungs[0].arrived, 3U);
    EXPECT_EQ(running->rungs[0].promoted, 1U);
    EXPECT_EQ(running->rungs[0].stopped, 1U) << "trial 1 is not decided";
    EXPECT_EQ(rungs_text(*running), "halving: 3 trials after 1 epoch, 0 to the end");
    EXPECT_EQ(epochs_text(*running, false), "3 epochs trained, of 27 in the whole grid");

    update(record, finished_at(1, record::TrialState::stopped, 1, first_at + 1));
    update(record, record::RungReached{2, 3, 0.8, {}, 120});
    update(record, record::TrialPromoted{2, std::nullopt, 2, 0, 121});
    update(record, finished_at(2, record::TrialState::done, 9, 130));
    const auto ended = search_figures(record);
    EXPECT_EQ(rungs_text(*ended), "halving: 3 trials after 1 epoch, 1 after 3, 1 to the end");
    EXPECT_EQ(epochs_text(*ended, true), "11 epochs trained, of 27 in the whole grid (59 % saved)");
    ASSERT_EQ(ended->values.size(), 5U);
    EXPECT_EQ(ended->values[3].epochs_spent, 5);
    EXPECT_EQ(ended->values[3].value, 0.8);
    EXPECT_EQ(ended->values[4].epochs_spent, 11);
    EXPECT_EQ(ended->values[4].value, 0.9);
}

TEST(Search, CountsTheEpochsOfASharedTrainingOnce) {
    record::SweepStart start;
    start.metric = "dice_coef";
    start.configuration = {{"strategy", "halving", {}}};
    start.grid["epochs"] = {std::int64_t{3}, std::int64_t{9}};
    start.trials = {0, 1};
    start.shared = {{0, 1}};
    record::SweepRecord record;
    update(record, start);
    update(record, record::TrialStarted{0, 0, "", first_at});
    update(record, record::RungReached{0, 1, 0.5, {}, first_at});
    update(record, record::TrialPromoted{0, std::nullopt, 1, 0, first_at});
    update(record, finished_at(0, record::TrialState::done, 3, 110));
    EXPECT_EQ(search_figures(record)->rungs[0].stopped, 0U);
    update(record, finished_at(1, record::TrialState::done, 9, 120));
    const auto ended = search_figures(record);
    EXPECT_EQ(epochs_text(*ended, true), "9 epochs trained, of 9 in the whole grid (0 % saved)");
    EXPECT_EQ(ended->completed, 1U) << "one training";
    ASSERT_EQ(ended->values.size(), 3U);
    EXPECT_EQ(ended->values[1].epochs_spent, 3);
    EXPECT_EQ(ended->values[2].epochs_spent, 9);
}

TEST(Search, WithFoldsComparesTheFirstAndCountsTheEpochsOfAll) {
    record::SweepStart start;
    start.metric = "dice_coef";
    start.configuration = {{"strategy", "halving", {}}};
    start.grid["epochs"] = {std::int64_t{9}};
    start.grid["lr"] = {0.1, 0.2};
    start.folding = {2, 1, true};
    start.trials = {0, 1, 2, 3};
    record::SweepRecord record;
    update(record, start);
    for (const record::TrialId trial : {0U, 2U}) {
        update(record, record::TrialStarted{trial, 0, "", first_at});
        update(record, record::RungReached{trial, 1, 0.5, {}, first_at});
    }
    update(record, record::TrialPromoted{2, std::nullopt, 1, 0, 110});
    update(record, finished_at(0, record::TrialState::stopped, 1, 110));
    update(record, finished_at(2, record::TrialState::done, 9, 130));
    update(record, record::TrialStarted{3, 0, "", 131});
    update(record, finished_at(3, record::TrialState::done, 9, 140));
    const auto figures = search_figures(record);
    EXPECT_EQ(rungs_text(*figures),
              "halving on the first fold: 2 trials after 1 epoch, 1 to the end; 1 trial on the "
              "other folds");
    EXPECT_EQ(epochs_text(*figures, true),
              "19 epochs trained, of 36 in the whole grid (47 % saved)");
    ASSERT_EQ(figures->values.size(), 3U) << "not that of the other fold";
    EXPECT_EQ(figures->values[2].trial, 1U) << "the permutation";
    EXPECT_EQ(figures->values[2].epochs_spent, 10);
}

}  // namespace
}  // namespace msunet::report
