// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <set>

#include "msunet/core/error.hpp"

namespace msunet::sweep {
namespace {

using core::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using Integer = std::int64_t;

Value integer(Integer value) { return value; }

TEST(Range, FloatsAreThoseOfNumpy) {
    // numpy.arange(1e-4, 1e-2, (1e-2 - 1e-4) / 5)
    EXPECT_THAT(
        expand_range({1e-4, 1e-2, 5}),
        ElementsAre(Value(0.0001), Value(0.00208), Value(0.00406), Value(0.00604), Value(0.00802)));
    // numpy.arange(0, 0.5, 0.5 / 5): multiples of the step, not sums of it
    EXPECT_THAT(expand_range({0.0, 0.5, 5}), ElementsAre(Value(0.0), Value(0.1), Value(0.2),
                                                         Value(0.30000000000000004), Value(0.4)));
    EXPECT_EQ(expand_range({0.0, 0.1, 5}).size(), 5U);
    EXPECT_THAT(expand_range({integer(0), 1.0, 2}), ElementsAre(Value(0.0), Value(0.5)))
        << "one float end makes floats";
}

TEST(Range, IntegersAreTruncatedAndUnique) {
    EXPECT_THAT(expand_range({integer(8), integer(64), 4}),
                ElementsAre(integer(8), integer(22), integer(36), integer(50)));
    EXPECT_THAT(expand_range({integer(0), integer(3), 7}),
                ElementsAre(integer(0), integer(1), integer(2)));
    EXPECT_THAT(expand_range({integer(-3), integer(0), 6}),
                ElementsAre(integer(-3), integer(-2), integer(-1), integer(0)))
        << "truncated towards zero";
    EXPECT_THAT(expand_range({integer(10), integer(0), 2}), ElementsAre(integer(5), integer(10)))
        << "numpy.unique sorts";
}

TEST(Range, DescendsInFloats) {
    EXPECT_THAT(expand_range({1.0, 0.0, 4}),
                ElementsAre(Value(1.0), Value(0.75), Value(0.5), Value(0.25)));
}

TEST(Range, RefusesWhatHasNoValues) {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const core::GridRange& range :
         {core::GridRange{1.0, 1.0, 5}, core::GridRange{0.0, 1.0, 0}, core::GridRange{0.0, 1.0, -2},
          core::GridRange{0.0, infinity, 2}, core::GridRange{std::nan(""), 1.0, 2},
          core::GridRange{0.0, 1.0, 2'000'000}, core::GridRange{std::string("a"), 1.0, 2},
          core::GridRange{true, 3.0, 2},
          core::GridRange{std::numeric_limits<Integer>::max(), integer(0), 2}}) {
        EXPECT_THROW((void)expand_range(range), core::UsageError);
    }
}

TEST(Expand, NamesEveryBadKey) {
    core::GridEntries entries;
    entries["dropout"] = {"dropout", {}, core::GridRange{0.1, 0.1, 3}};
    entries["epochs"] = {"epochs", {integer(3)}, std::nullopt};
    entries["lr"] = {"lr", {}, std::nullopt};
    try {
        (void)expand(entries);
        FAIL();
    } catch (const core::UsageError& error) {
        ASSERT_EQ(error.problems().size(), 2U);
        EXPECT_THAT(error.problems()[0], HasSubstr("'dropout'"));
        EXPECT_THAT(error.problems()[1], HasSubstr("'lr'"));
    }
    entries.erase("dropout");
    entries["lr"].range = core::GridRange{0.0, 1.0, 2};
    const record::GridLists lists = expand(entries);
    EXPECT_THAT(lists.at("epochs"), ElementsAre(integer(3)));
    EXPECT_THAT(lists.at("lr"), ElementsAre(Value(0.0), Value(0.5)));
}

record::GridLists lists() {
    return {{"lr", {0.1, 0.2}},
            {"Zeta", {std::string("z")}},
            {"batch_size", {integer(1), integer(2), integer(3)}}};
}

std::vector<std::uint64_t> positions_of(const ParameterGrid& grid, std::uint64_t index) {
    const auto positions = record::positions_of(grid.lists(), index);
    return {positions.begin(), positions.end()};
}

TEST(ParameterGrid, OrdersByAsciiWithTheLastNameFastest) {
    const ParameterGrid grid(lists());
    EXPECT_THAT(grid.names(), ElementsAre("Zeta", "batch_size", "lr"));
    ASSERT_EQ(grid.size(), 6U);
    std::vector<std::pair<Integer, double>> order;
    for (std::uint64_t i = 0; i < grid.size(); ++i) {
        const core::Permutation permutation = grid.permutation(i);
        EXPECT_EQ(grid.index(positions_of(grid, i)), i);
        order.emplace_back(std::get<Integer>(permutation.at("batch_size")),
                           std::get<double>(permutation.at("lr")));
    }
    EXPECT_THAT(order, ElementsAre(std::pair(1, 0.1), std::pair(1, 0.2), std::pair(2, 0.1),
                                   std::pair(2, 0.2), std::pair(3, 0.1), std::pair(3, 0.2)));
    EXPECT_THROW((void)grid.permutation(6), std::out_of_range);
}

TEST(ParameterGrid, IndexCountsTheLastNameFastest) {
    const ParameterGrid grid(lists());
    EXPECT_EQ(grid.index({0, 2, 1}), 5U);
    EXPECT_EQ(grid.index({0, 1, 0}), 2U);
}

TEST(ParameterGrid, ACopyOwnsItsLists) {
    auto first = std::make_unique<ParameterGrid>(lists());
    const ParameterGrid second(*first);
    first.reset();
    EXPECT_EQ(second.axis(2).back(), Value(0.2));
}

TEST(ParameterGrid, NoNamesAreOnePermutation) {
    const ParameterGrid grid{record::GridLists{}};
    EXPECT_EQ(grid.size(), 1U);
    EXPECT_TRUE(grid.permutation(0).empty());
}

TEST(ParameterGrid, HugeGridsCostNothingAndTooHugeOnesAreRefused) {
    record::GridLists huge;
    for (char c = 'a'; c < 'a' + 18; ++c) {
        huge[std::string(1, c)] = std::vector<Value>(10, integer(1));
    }
    EXPECT_EQ(ParameterGrid(huge).size(), 1'000'000'000'000'000'000U);
    huge["x"] = std::vector<Value>(10, integer(1));
    EXPECT_THROW(ParameterGrid{huge}, core::UsageError);
}

TEST(ParameterGrid, RefusesEmptyLists) {
    EXPECT_THROW(ParameterGrid(record::GridLists{{"lr", {}}}), core::UsageError);
}

TEST(CheckValues, ReportsAllProblemsAtOnce) {
    const ValueCheck check = [](std::string_view name,
                                const Value& value) -> std::optional<core::Problem> {
        if (name == "batch_size" && std::get<Integer>(value) > 1) {
            return core::Problem{.key = std::string(name), .problem = "is bad"};
        }
        return std::nullopt;
    };
    try {
        check_values(lists(), check);
        FAIL();
    } catch (const core::UsageError& error) {
        ASSERT_EQ(error.data().size(), 2U);
        EXPECT_EQ(error.data().front().key, "batch_size");
    }
}

TEST(SmallestInteger, FallsBack) {
    EXPECT_EQ(smallest_integer(lists(), "batch_size", 9), 1);
    EXPECT_EQ(smallest_integer(lists(), "epochs", 9), 9);
    EXPECT_EQ(smallest_integer({{"batch_size", {integer(32), integer(8)}}}, "batch_size", 1), 8);
}

}  // namespace
}  // namespace msunet::sweep
