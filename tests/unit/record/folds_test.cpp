// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/folds.hpp"

#include <gmock/gmock.h>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/record/fields.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

using testing::ElementsAre;

TEST(Folding, GivesEachTrainingAnId) {
    const Folding folding{3, 2};
    EXPECT_EQ(folding.trials(), 6U);
    TrialId next = 24;
    for (const std::uint64_t repeat : {0U, 1U}) {
        for (const std::uint64_t fold : {0U, 1U, 2U}) {
            const TrialId trial = folding.trial(4, fold, repeat);
            EXPECT_EQ(trial, next++);
            EXPECT_EQ(folding.permutation(trial), 4U);
            EXPECT_EQ(folding.fold(trial), fold);
            EXPECT_EQ(folding.repeat(trial), repeat);
            EXPECT_EQ(folding.number(trial), trial - 24);
            EXPECT_EQ(folding.split(trial), trial - 24);
            EXPECT_EQ(folding.is_last(trial), trial == 29);
        }
    }
    EXPECT_THAT(trials_of_permutations({2, 1}, {0, 3}), ElementsAre(0, 1, 6, 7));
}

TEST(Folding, WithoutFoldsIsThePermutation) {
    const Folding none;
    EXPECT_EQ(none.trial(7, 0, 0), 7U);
    EXPECT_EQ(none.permutation(7), 7U);
    EXPECT_EQ(none.fold(7), 0U);
    EXPECT_EQ(none.repeat(7), 0U);
    EXPECT_EQ(none.split(7), std::nullopt);
    EXPECT_TRUE(none.is_last(7));
    EXPECT_THAT(trials_of_permutations(none, {2, 5}), ElementsAre(2, 5));
    EXPECT_EQ(fold_text(none, 7), "");
}

TEST(Folding, InWords) {
    EXPECT_EQ(fold_text({5, 1}, 7), "fold 3 of 5");
    EXPECT_EQ(fold_text({5, 2}, 7), "fold 3 of 5, repeat 2 of 2");
}

TEST(Folding, IsInTheJournalWhereThereAreFolds) {
    auto start = sample_start();
    EXPECT_EQ(codec::to_json(Event(start)).find("\"folds\""), std::string::npos);
    start.folding = {3, 2};
    start.data.pairs.front().subject = "a";
    start.data.pairs.front().folds = {2, 0};
    const auto text = codec::to_json(Event(start));
    EXPECT_NE(text.find("\"folds\":3"), std::string::npos);
    EXPECT_EQ(std::get<SweepStart>(codec::from_json<Event>(text)), start);
}

TEST(Folding, PermutationsThatShareATrainingShareOneOnEachFold) {
    EXPECT_EQ(shared_by_fold({2, 1}, {{0, 3}, {1, 2}}),
              (std::vector<std::vector<TrialId>>{{0, 6}, {1, 7}, {2, 4}, {3, 5}}));
    const std::vector<std::vector<TrialId>> shared{{0, 3}};
    EXPECT_EQ(shared_by_fold({}, shared), shared);
}

TEST(Folding, SaysInTheJournalThatTheFirstFoldDecides) {
    auto start = sample_start();
    start.folding = {3, 2};
    EXPECT_EQ(codec::to_json(Event(start)).find("first_fold"), std::string::npos);
    start.folding.first_decides = true;
    const auto text = codec::to_json(Event(start));
    EXPECT_NE(text.find("\"first_fold_decides\":true"), std::string::npos);
    EXPECT_EQ(std::get<SweepStart>(codec::from_json<Event>(text)), start);
}

/// Three permutations of the sample grid, on three folds, of which the first decides.
SweepRecord search_on_folds() {
    auto start = sample_start();
    start.folding = {3, 1, true};
    start.trials = trials_of_permutations(start.folding, {0, 1, 2});
    start.shared.clear();
    SweepRecord record;
    update(record, start);
    return record;
}

TrialFinished ended(TrialId trial, TrialState state) {
    TrialResult result;
    result.trial = trial;
    result.state = state;
    return {result, 10};
}

TEST(Folding, LeavesOutWhatTheFirstFoldHasNotDone) {
    auto record = search_on_folds();
    EXPECT_EQ(record.planned(), 9U);
    update(record, ended(0, TrialState::stopped));
    update(record, ended(3, TrialState::done));
    update(record, ended(6, TrialState::failed));
    EXPECT_TRUE(record.is_left_out(1));
    EXPECT_FALSE(record.is_left_out(0)) << "it has a result";
    EXPECT_FALSE(record.is_left_out(4));
    EXPECT_TRUE(record.is_left_out(8));
    EXPECT_EQ(record.planned(), 5U);
    EXPECT_EQ(record.unfinished(), 2U);
    EXPECT_THAT(record.unfinished_trials(1), testing::IsEmpty());
    EXPECT_THAT(record.unfinished_trials(4), ElementsAre(4));
    update(record, TrialRetried{6, 11});
    EXPECT_FALSE(record.is_left_out(8)) << "it may follow after all";
    EXPECT_EQ(record.planned(), 7U);
    EXPECT_EQ(record.unfinished(), 5U);
    update(record, ended(6, TrialState::done));
    EXPECT_EQ(record.unfinished(), 4U);
}

TEST(Folding, ARetryOnTheFirstFoldStartsTrainingsOnTheOthersAgain) {
    auto start = search_on_folds().start;
    start.shared = shared_by_fold(start.folding, {{0, 1}});
    SweepRecord record;
    update(record, start);
    const auto train = [&](TrialId training) {
        update(record, TrialStarted{training, 0, "", 20});
        update(record, CheckpointSaved{{training, "c", 2, 0}, 21});
    };
    update(record, ended(0, TrialState::done));
    update(record, ended(3, TrialState::failed));
    update(record, ended(6, TrialState::done));
    train(1);
    update(record, ended(1, TrialState::done));
    EXPECT_EQ(record.find(1)->state, TrialState::done) << "4 is left out";
    train(2);
    update(record, TrialPaused{2, 22});
    train(7);
    update(record, TrialPaused{7, 22});
    update(record, TrialRetried{3, 30});
    // 3 may end before the second epoch.
    EXPECT_EQ(record.find(1)->progress, Progress{});
    EXPECT_EQ(record.find(1)->state, TrialState::pending);
    EXPECT_EQ(record.find(2)->progress, Progress{});
    ASSERT_NE(record.result(1), nullptr);
    EXPECT_THAT(record.unfinished_trials(1), ElementsAre(4));
    EXPECT_THAT(record.unfinished_trials(2), ElementsAre(2, 5));
    EXPECT_NE(record.find(7)->progress, Progress{}) << "of another permutation";
    EXPECT_EQ(record.find(4), nullptr);
}

TEST(Folding, OfASuggestionHasAllOfItsTrials) {
    auto start = sample_start();
    start.folding = {2, 1};
    start.trials = trials_of_permutations(start.folding, {1});
    start.shared.clear();
    start.rounds = 6;
    SweepRecord record;
    update(record, start);
    EXPECT_THROW(update(record, TrialSuggested{1, 5}), core::InputError) << "its second trial";
    update(record, TrialSuggested{0, 5});
    EXPECT_THAT(record.start.trials, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(record.planned(), 6U);
    const TrialId outside = 2 * std::uint64_t{1'000'000};
    EXPECT_THROW(update(record, TrialSuggested{outside, 5}), core::InputError);
    start.rounds = 5;
    SweepRecord damaged;
    EXPECT_THROW(update(damaged, start), core::InputError) << "no whole permutations";
}

TEST(Folding, ThatIsDamagedIsRefused) {
    for (const Folding folding : {Folding{3, 0}, Folding{0, 2}, Folding{std::uint64_t{1} << 40U, 1},
                                  Folding{0, 0, true}, Folding{2000, 2000}}) {
        SweepRecord record;
        auto start = sample_start();
        start.folding = folding;
        EXPECT_THROW(update(record, start), core::InputError);
    }
}

TEST(Folding, DecodesThePermutationOfATrial) {
    SweepRecord record;
    auto start = sample_start();
    const auto last = permutation_of(start.grid, 5);
    start.folding = {3, 2};
    start.trials = trials_of_permutations(start.folding, start.trials);
    update(record, start);
    EXPECT_EQ(record.permutation(5 * 6 + 4), last);
    EXPECT_TRUE(record.start.has_validation());
}

}  // namespace
}  // namespace msunet::record
