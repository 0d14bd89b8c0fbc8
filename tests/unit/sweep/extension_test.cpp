// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/extension.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/record/difference.hpp"

namespace msunet::sweep {
namespace {

using record::TrialId;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

record::SweepStart start_of(record::GridLists grid) {
    record::SweepStart start;
    start.grid = std::move(grid);
    TrialId size = 1;
    for (const auto& entry : start.grid) size *= entry.second.size();
    for (TrialId id = 0; id < size; ++id) start.trials.push_back(id);
    return start;
}

record::GridLists rates(std::vector<core::Value> values, std::vector<core::Value> batches) {
    return {{"batch_size", std::move(batches)}, {"lr", std::move(values)}};
}

const ExtensionValues plain{{{"dropout", 0.25}}, {}};

record::SweepRecord record_of(const record::SweepStart& start) {
    record::SweepRecord record;
    update(record, start);
    return record;
}

/// Extends a record to this grid; every trial must keep its values.
void extend_to(record::SweepRecord& record, record::GridLists grid) {
    const auto before = record.start;
    const auto current = start_of(std::move(grid));
    ASSERT_THAT(extension_problems(before, current, plain), ElementsAre());
    update(record, extend(before, current, plain));
    for (const TrialId trial : before.trials) {
        const auto now = record.permutation(trial);
        for (const auto& [name, value] : before.permutation(trial)) {
            EXPECT_EQ(now.at(name), value) << trial;
        }
    }
    EXPECT_THAT(record::difference(record.start, current), ElementsAre());
}

TEST(Extension, KeepsIdsAndNumbersNewPermutationsAfterThem) {
    const auto recorded = start_of(rates({0.1, 0.2}, {std::int64_t{8}, std::int64_t{16}}));
    const auto current = start_of(rates({0.1, 0.3, 0.2}, {std::int64_t{8}, std::int64_t{16}}));
    const auto extension = extend(recorded, current, plain);
    EXPECT_THAT(extension.trials, ElementsAre(0, 4, 1, 2, 5, 3));
    EXPECT_THAT(extension.indices, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_EQ(extension.grid, current.grid);
}

TEST(Extension, FollowsSeveralExtensions) {
    auto record = record_of(start_of(rates({0.1, 0.2}, {std::int64_t{8}})));
    extend_to(record, rates({0.1, 0.3, 0.2}, {std::int64_t{8}}));
    extend_to(record, rates({0.1, 0.3, 0.2}, {std::int64_t{16}, std::int64_t{8}}));
    EXPECT_EQ(record.start.trials.size(), 6U);
    EXPECT_EQ(record.permutation(2),
              (core::Permutation{{"batch_size", std::int64_t{8}}, {"lr", 0.3}}));
    EXPECT_EQ(record.permutation(3),
              (core::Permutation{{"batch_size", std::int64_t{16}}, {"lr", 0.1}}));
    EXPECT_EQ(record.start.index_of(1), 5U);
}

TEST(Extension, AddsAllFoldsOfNewPermutations) {
    const auto folded = [](record::GridLists grid) {
        auto start = start_of(std::move(grid));
        start.folding = {2, 1};
        start.trials = record::trials_of_permutations(start.folding, start.trials);
        return start;
    };
    auto record = record_of(folded({{"lr", {0.1, 0.2}}}));
    const auto current = folded({{"lr", {0.1, 0.3, 0.2}}});
    ASSERT_THAT(extension_problems(record.start, current, plain), ElementsAre());
    const auto extension = extend(record.start, current, plain);
    EXPECT_THAT(extension.trials, ElementsAre(0, 1, 4, 5, 2, 3));
    EXPECT_THAT(extension.indices, ElementsAre(0, 1, 2));
    update(record, extension);
    EXPECT_THAT(record::difference(record.start, current), ElementsAre());
    EXPECT_EQ(record.permutation(5), (core::Permutation{{"lr", 0.3}}));
    EXPECT_EQ(record.permutation(2), (core::Permutation{{"lr", 0.2}}));
    const auto twice = folded({{"lr", {0.1, 0.3, 0.2, 0.4}}});
    update(record, extend(record.start, twice, plain));
    EXPECT_EQ(record.permutation(5), (core::Permutation{{"lr", 0.3}}));
    EXPECT_EQ(record.permutation(7), (core::Permutation{{"lr", 0.4}}));

    auto left_out = twice;
    left_out.trials = record::trials_of_permutations(left_out.folding, {0, 1, 3});
    EXPECT_THAT(extension_problems(record.start, left_out, plain),
                ElementsAre(HasSubstr("1 of those recorded")));
}

TEST(Extension, GivesTrialsTheDefaultOfANewKey) {
    auto record = record_of(start_of({{"lr", {0.1, 0.2}}}));
    extend_to(record, {{"dropout", {0.5, 0.25}}, {"lr", {0.1, 0.2}}});
    EXPECT_EQ(record.permutation(1), (core::Permutation{{"dropout", 0.25}, {"lr", 0.2}}));
    EXPECT_EQ(record.permutation(2), (core::Permutation{{"dropout", 0.5}, {"lr", 0.1}}));
}

TEST(Extension, ComparesValuesAsTheyAreSpelledCanonically) {
    const ExtensionValues values{{}, [](std::string_view, const core::Value& value) {
                                     return value == core::Value("adam") ? core::Value("Adam")
                                                                         : value;
                                 }};
    const auto recorded = start_of({{"optimizer", {"adam"}}});
    const auto current = start_of({{"optimizer", {"SGD", "Adam"}}});
    EXPECT_THAT(extension_problems(recorded, current, values), ElementsAre());
    EXPECT_THAT(extend(recorded, current, values).trials, ElementsAre(1, 0));
}

// Of equal trials the first of the table is best: its weights may be gone in another order.
TEST(Extension, RefusesAnotherOrderOfRecordedValues) {
    const auto recorded = start_of(rates({0.1, 0.2, 0.3}, {std::int64_t{8}}));
    const auto problems = [&](std::vector<core::Value> values) {
        return extension_problems(recorded, start_of(rates(std::move(values), {std::int64_t{8}})),
                                  plain);
    };
    EXPECT_THAT(problems({0.1, 0.3, 0.2}),
                ElementsAre(AllOf(HasSubstr("grid, lr: 0.3 stands before 0.2"),
                                  HasSubstr("put it after"))));
    EXPECT_THAT(problems({0.4, 0.2, 0.1, 0.3}), ElementsAre(HasSubstr("0.2 stands before 0.1")));
    EXPECT_THAT(problems({0.4, 0.1, 0.5, 0.2, 0.3}), ElementsAre());
}

TEST(Extension, IgnoresKeysWithoutEffect) {
    auto values = plain;
    values.without_effect = {"patch_dimensions"};
    const auto recorded = start_of({{"lr", {0.1, 0.2}}, {"patch_dimensions", {std::int64_t{96}}}});
    const auto other =
        start_of({{"lr", {0.1, 0.3, 0.2}}, {"patch_dimensions", {std::int64_t{128}}}});
    EXPECT_THAT(extension_problems(recorded, other, plain),
                ElementsAre(HasSubstr("96 is missing")));
    EXPECT_THAT(extension_problems(recorded, other, values), ElementsAre());
    EXPECT_THAT(extend(recorded, other, values).trials, ElementsAre(0, 2, 1));
    const auto without = start_of({{"lr", {0.1, 0.3, 0.2}}, {"zoom", {0.5}}});
    values.defaults["zoom"] = 0.5;
    EXPECT_THAT(extension_problems(recorded, without, values), ElementsAre());
    EXPECT_THAT(extend(recorded, without, values).trials, ElementsAre(0, 2, 1));
}

TEST(Extension, NamesEveryProblem) {
    auto recorded = start_of(rates({0.1, 0.2}, {std::int64_t{8}}));
    recorded.configuration = {{"seed", "1", core::Affects::data}};
    auto current = start_of({{"dropout", {0.5}}, {"lr", {0.2, 0.3}}});
    current.configuration = {{"seed", "2", core::Affects::data}};
    EXPECT_THAT(extension_problems(recorded, current, plain),
                ElementsAre(HasSubstr("seed"), HasSubstr("batch_size: is missing"),
                            HasSubstr("lr: 0.1 is missing"), HasSubstr("dropout: lacks 0.25")));
}

TEST(Extension, RefusesToLeaveOutATrial) {
    const auto recorded = start_of({{"lr", {0.1, 0.2}}});
    auto current = start_of({{"lr", {0.1, 0.2, 0.3}}});
    current.trials = {0, 2};
    EXPECT_THAT(extension_problems(recorded, current, plain),
                ElementsAre(HasSubstr("1 of those recorded")));
}

TEST(Extension, OptionsThatChooseOtherPermutationsAreObstacles) {
    EXPECT_FALSE(extension_obstacle({}));
    SweepOptions options;
    options.round_limit = 3;
    EXPECT_THAT(extension_obstacle(options).value_or(""), HasSubstr("--round_limit"));
    options = {};
    options.fraction_limit = 0.5;
    EXPECT_THAT(extension_obstacle(options).value_or(""), HasSubstr("--fraction_limit"));
    options = {};
    options.shard = Shard{1, 2};
    EXPECT_THAT(extension_obstacle(options).value_or(""), HasSubstr("--shard 1/2"));
    options = {};
    options.strategy = StrategyKind::asha;
    EXPECT_THAT(extension_obstacle(options).value_or(""), HasSubstr("--strategy asha"));
}

}  // namespace
}  // namespace msunet::sweep
