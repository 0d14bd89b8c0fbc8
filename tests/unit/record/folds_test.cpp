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

TEST(Folding, ThatIsDamagedIsRefused) {
    for (const Folding folding :
         {Folding{3, 0}, Folding{0, 2}, Folding{std::uint64_t{1} << 40U, 1}}) {
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
