// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "msunet/record/event.hpp"
#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {
namespace {

using record::update;

record::SweepRecord started() {
    record::SweepStart start;
    start.grid = {{"epochs", {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{4}}}};
    start.trials = {0, 1, 3};
    record::SweepRecord record;
    update(record, start);
    return record;
}

record::TrialFinished finished(record::TrialId trial, record::TrialState state) {
    record::TrialResult result;
    result.trial = trial;
    result.state = state;
    return {result, 20};
}

double cost(const core::Permutation& permutation) { return estimated_cost(permutation, 20, 10); }

TEST(Plans, OfAFreshSweepAreItsSelection) {
    const auto all = plans(started(), cost);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].trial, 3U);
    EXPECT_EQ(all[2].cost, 40);
    EXPECT_FALSE(all[2].progress.checkpoint);
}

TEST(Plans, LeaveOutWhatHasAResult) {
    record::SweepRecord record = started();
    update(record, finished(0, record::TrialState::done));
    update(record, finished(1, record::TrialState::failed));
    const auto all = plans(record, cost);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].trial, 3U);
}

TEST(Plans, GoOnFromTheCheckpointOfATrialThatHasEnded) {
    record::SweepRecord record = started();
    auto done = finished(1, record::TrialState::done);
    done.result.duration = 7;
    update(record, done);
    record.continued[3] = {3, 1, 2, "trials/1/checkpoint.h5"};
    const auto all = plans(record, cost);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_FALSE(all[0].progress.checkpoint);
    ASSERT_TRUE(all[1].progress.checkpoint);
    EXPECT_EQ(all[1].progress.checkpoint->file, "trials/1/checkpoint.h5");
    EXPECT_EQ(all[1].checkpoint_seconds, 7) << "the time is that of all of its epochs";
    EXPECT_EQ(all[1].spent_seconds, 0);
    update(record, record::CheckpointSaved{{3, "trials/3/checkpoint.h5", 3, 0}, 30});
    const auto own = plans(record, cost)[1];
    EXPECT_EQ(own.progress.checkpoint->file, "trials/3/checkpoint.h5");
    EXPECT_EQ(own.checkpoint_seconds, 7);
}

TEST(Plans, HaveNoTimeOfACheckpointThatCouldNotBeUsed) {
    record::SweepRecord record = started();
    auto done = finished(1, record::TrialState::done);
    done.result.duration = 7;
    update(record, done);
    record.continued[3] = {3, 1, 2, "trials/1/checkpoint.h5"};
    record::EpochReport first;
    update(record, record::TrialStarted{3, 0, "trials/1/checkpoint.h5", 30});
    update(record, record::EpochFinished{3, first, 31});
    const auto plan = plans(record, cost)[1];
    EXPECT_FALSE(plan.progress.checkpoint);
    EXPECT_EQ(plan.checkpoint_seconds, 0);
}

/// Notes what it is told.
class Noting final : public Suggester {
public:
    std::optional<record::TrialId> suggest() override { return std::nullopt; }
    void suggested(record::TrialId trial) override { trials.push_back(trial); }
    void ended(record::TrialId trial, std::optional<double> value) override {
        values[trial] = value;
    }

    std::vector<record::TrialId> trials;
    std::map<record::TrialId, std::optional<double>> values;
};

TEST(Suggestions, AreReplayedFromTheRecord) {
    record::SweepRecord record = started();
    record.start.metric = "dice_coef";
    record.start.rounds = 5;
    update(record, record::TrialSuggested{2, 10});
    auto done = finished(0, record::TrialState::done);
    done.result.history.emplace_back().metrics.dice_coef = 0.5;
    auto stopped = finished(1, record::TrialState::stopped);
    stopped.result.history.emplace_back().metrics.dice_coef = 0.25;
    update(record, done);
    update(record, stopped);
    update(record, finished(3, record::TrialState::failed));
    auto suggester = std::make_unique<Noting>();
    const Noting& noting = *suggester;
    Sampling sampling(std::move(suggester));
    replay(record, sampling);
    EXPECT_EQ(noting.trials, (std::vector<record::TrialId>{0, 1, 2, 3}));
    EXPECT_EQ(noting.values, (std::map<record::TrialId, std::optional<double>>{
                                 {0, 0.5}, {1, 0.25}, {3, std::nullopt}}));
    EXPECT_EQ(suggestions_left(record), 1U);
}

/// A search on two folds of permutations 0, 1 and 3.
record::SweepRecord folded_search() {
    auto start = started().start;
    start.configuration = {{"strategy", "halving"}, {"reduction_factor", "2"}};
    start.metric = "dice_coef";
    start.folding = {2, 1, true};
    start.trials = record::trials_of_permutations(start.folding, {0, 1, 3});
    record::SweepRecord record;
    update(record, start);
    return record;
}

TEST(Suggestions, OfASearchWithFoldsAreReplayed) {
    auto record = folded_search();
    record.start.rounds = 10;
    update(record, record::TrialSuggested{4, 10});
    EXPECT_EQ(record.start.trials, (std::vector<record::TrialId>{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(suggestions_left(record), 1U);
    const auto ended = [&](record::TrialId trial, record::TrialState state, double dice) {
        auto event = finished(trial, state);
        event.result.history.emplace_back().metrics.dice_coef = dice;
        update(record, event);
    };
    ended(0, record::TrialState::done, 0.5);
    ended(1, record::TrialState::done, 0.75);
    ended(2, record::TrialState::stopped, 0.25);
    ended(4, record::TrialState::failed, 0.5);
    ended(6, record::TrialState::done, 0.5);
    auto suggester = std::make_unique<Noting>();
    const Noting& noting = *suggester;
    Sampling sampling(std::move(suggester), record.start.folding);
    replay(record, sampling);
    EXPECT_EQ(noting.trials, (std::vector<record::TrialId>{0, 1, 2, 3}));
    EXPECT_EQ(noting.values, (std::map<record::TrialId, std::optional<double>>{
                                 {0, 0.625}, {1, 0.25}, {2, std::nullopt}}));
    sampling.ended(7, Training::End::completed, 0.25);
    EXPECT_EQ(noting.values.at(3), 0.375) << "with the fold that ended on an earlier start";
}

TEST(Plans, OfASearchWithFoldsWaitForTheFirstFold) {
    auto record = folded_search();
    auto all = plans(record, cost);
    ASSERT_EQ(all.size(), 6U);
    EXPECT_FALSE(all[0].first);
    EXPECT_EQ(all[1].first, 0U);
    EXPECT_EQ(all[5].first, 6U);
    EXPECT_EQ(trainings(record, 20).size(), 3U) << "those that the strategy compares";
    EXPECT_EQ(rules_of(record.start).on_other_folds, 1);
    // Of 1, 2 and 4 epochs: each its first, with the other fold of the one that ends there; then
    // one up to 2, at most with its other fold, and one to 4 with its other fold.
    EXPECT_EQ(search_epochs(record, 20).value().count, (3 + 1) + (1 + 2) + (2 + 4));
    update(record, finished(0, record::TrialState::stopped));
    update(record, finished(2, record::TrialState::done));
    all = plans(record, cost);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].trial, 3U);
    EXPECT_EQ(all[1].trial, 6U);
}

TEST(SearchEpochs, CountWhatIsStillToBeSuggested) {
    record::SweepStart start;
    start.configuration = {{"strategy", "asha", core::Affects::result},
                           {"reduction_factor", "3", core::Affects::result},
                           {"min_epochs", "1", core::Affects::result},
                           {"seed", "1", core::Affects::result}};
    start.grid["n"] = std::vector<core::Value>(100, core::Value(std::int64_t{0}));
    start.grid["epochs"] = {std::int64_t{9}};
    for (record::TrialId trial = 0; trial < 10; ++trial) start.trials.push_back(trial);
    record::SweepRecord record;
    update(record, start);
    const auto known = search_epochs(record, 20).value().count;
    record.start.rounds = 100;
    EXPECT_GT(search_epochs(record, 20).value().count, 9 * known);
}

TEST(Plans, KeepTheValueOfTheLastRungForTheSampler) {
    record::SweepRecord record;
    record::SweepStart start;
    start.grid["lr"] = {0.1, 0.2};
    start.trials = {0, 1};
    update(record, start);
    update(record, record::TrialStarted{1, 0, "", 1});
    update(record, record::RungReached{1, 3, 0.75, {}, 2});
    const auto all = plans(record, [](const core::Permutation&) { return 1.0; });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_FALSE(all[0].value);
    EXPECT_EQ(all[1].value, 0.75);
}

TEST(Plans, TrainingsHoldWhatTheSearchKnows) {
    record::SweepRecord record = started();
    update(record, record::TrialStarted{0, 0, "", 10});
    update(record, record::RungReached{0, 1, 0.5, {}, 11});
    update(record, record::TrialPromoted{0, 3, 1, 0, 12});
    update(record, record::RungReached{0, 3, std::nullopt, {}, 13});
    update(record, finished(1, record::TrialState::stopped));
    const auto all = trainings(record, 20);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].epochs, 1);
    EXPECT_TRUE(all[0].started);
    EXPECT_EQ(all[0].values, (std::vector<std::optional<double>>{0.5, std::nullopt}));
    EXPECT_EQ(all[0].promotions, 1);
    EXPECT_EQ(all[0].end, Training::End::none);
    EXPECT_FALSE(all[1].started);
    EXPECT_EQ(all[1].end, Training::End::stopped);
    EXPECT_EQ(all[2].epochs, 4);
    EXPECT_EQ(planned_epochs({{"pca_only", true}}, 20), 0);
}

TEST(Plans, RulesAreThoseTheExperimentWasStartedWith) {
    record::SweepRecord record = started();
    EXPECT_EQ(rules_of(record.start).kind, StrategyKind::grid) << "a release before 0.2";
    EXPECT_FALSE(search_epochs(record, 20));
    record.start.metric = "val_loss";
    record.start.configuration = {{"strategy", "halving"},
                                  {"reduction_factor", "2"},
                                  {"min_epochs", "1"},
                                  {"strategy_budget", "none"},
                                  {"seed", "7"}};
    const SearchRules rules = rules_of(record.start);
    EXPECT_EQ(rules.kind, StrategyKind::halving);
    EXPECT_EQ(rules.factor, 2);
    EXPECT_EQ(rules.budget, std::nullopt);
    EXPECT_TRUE(rules.lower_is_better);
    EXPECT_EQ(rules.seed, 7U);
    // Trials of 1, 2 and 4 epochs: each its first, then one of two up to 2 and to 4.
    EXPECT_EQ(search_epochs(record, 20).value().count, 3 + 1 + 2);
    record.start.configuration[3].text = "5";
    EXPECT_EQ(search_epochs(record, 20).value().count, 5);
    EXPECT_EQ(rung_epochs(rules, 9), (std::vector<std::int64_t>{1, 2, 4, 8}));
    EXPECT_TRUE(rung_epochs(rules, 1).empty());
}

TEST(Plans, ResumeFromCheckpointsAndKnowOfDeaths) {
    record::SweepRecord record = started();
    update(record, record::TrialStarted{1, 0, "", 10});
    update(record, record::CheckpointSaved{{1, "c", 1, 5}, 12});
    update(record, record::Resumed{{}, {}, 30});
    const auto all = plans(record, cost);
    ASSERT_EQ(all.size(), 3U);
    ASSERT_TRUE(all[1].progress.checkpoint);
    EXPECT_EQ(all[1].progress.checkpoint->step, 5);
    EXPECT_EQ(all[1].progress.deaths, 1);
    EXPECT_EQ(all[1].first_started_at, 10);
    EXPECT_EQ(all[1].spent_seconds, 2);
}

TEST(Plans, AreOfTrainingsForThoseWithoutAResult) {
    record::SweepRecord record;
    auto start = started().start;
    start.shared = {{0, 3}};
    update(record, start);
    EXPECT_EQ(plans(record, cost)[0].ends, (std::vector<record::TrialId>{0, 3}));
    EXPECT_EQ(plans(record, cost)[0].cost, 40) << "the longest counts";
    update(record, record::TrialStarted{0, 0, "", 10});
    update(record, record::CheckpointSaved{{0, "c", 1, 5}, 12});
    update(record, finished(0, record::TrialState::done));
    const auto all = plans(record, cost);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].trial, 0U);
    EXPECT_EQ(all[0].ends, std::vector<record::TrialId>{3});
    EXPECT_TRUE(all[0].progress.checkpoint);
    update(record, finished(3, record::TrialState::done));
    EXPECT_EQ(plans(record, cost).size(), 1U);
}

TEST(EstimatedCost, IsEpochsTimesSamples) {
    EXPECT_EQ(estimated_cost({{"epochs", std::int64_t{7}}}, 20, 100), 700);
    EXPECT_EQ(estimated_cost({}, 20, 100), 2000);
    EXPECT_EQ(estimated_cost({{"epochs", std::int64_t{7}}, {"pca_only", true}}, 20, 100), 100);
}

}  // namespace
}  // namespace msunet::sweep
