// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "msunet/core/error.hpp"
#include "msunet/sweep/selection.hpp"

namespace msunet::sweep {
namespace {

constexpr RandomMethod methods[] = {RandomMethod::uniform_mersenne, RandomMethod::sobol,
                                    RandomMethod::halton, RandomMethod::latin_hypercube};

/// Axes of these lengths, values 0, 1, …
ParameterGrid grid_of(const std::vector<int>& lengths) {
    record::GridLists lists;
    for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
        auto& values = lists[std::string(1, static_cast<char>('a' + axis))];
        for (std::int64_t i = 0; i < lengths[axis]; ++i) values.emplace_back(i);
    }
    return ParameterGrid(lists);
}

class Sample : public testing::TestWithParam<RandomMethod> {};
INSTANTIATE_TEST_SUITE_P(Methods, Sample, testing::ValuesIn(methods));

TEST_P(Sample, DrawsAsManyDistinctOnesAsAsked) {
    const ParameterGrid grid = grid_of({7, 1, 5, 4});
    for (const std::uint64_t count : {1U, 2U, 17U, 70U, 139U, 140U, 500U}) {
        const auto trials = sample(grid, GetParam(), count, 5);
        EXPECT_EQ(trials.size(), std::min<std::uint64_t>(count, grid.size()));
        EXPECT_TRUE(std::is_sorted(trials.begin(), trials.end()));
        EXPECT_EQ(std::set(trials.begin(), trials.end()).size(), trials.size());
        EXPECT_LT(trials.back(), grid.size());
    }
}

TEST_P(Sample, IsTheSameForTheSameSeedAlone) {
    const ParameterGrid grid = grid_of({50, 50, 50});
    EXPECT_EQ(sample(grid, GetParam(), 100, 1), sample(grid, GetParam(), 100, 1));
    EXPECT_NE(sample(grid, GetParam(), 100, 1), sample(grid, GetParam(), 100, 2));
}

TEST_P(Sample, CostsNothingOnHugeGrids) {
    const ParameterGrid grid = grid_of(std::vector<int>(12, 10));
    ASSERT_EQ(grid.size(), 1'000'000'000'000U);
    EXPECT_EQ(sample(grid, GetParam(), 50, 1).size(), 50U);
}

TEST_P(Sample, IsUniformOverSeeds) {
    const ParameterGrid grid = grid_of({3, 4});
    std::map<record::TrialId, int> drawn;
    constexpr int seeds = 3000;
    for (int seed = 0; seed < seeds; ++seed) {
        for (const auto trial : sample(grid, GetParam(), 4, static_cast<std::uint64_t>(seed))) {
            ++drawn[trial];
        }
    }
    // 4 of 12: a binomial of mean 1000 and deviation 26; five deviations either way.
    ASSERT_EQ(drawn.size(), 12U);
    for (const auto& [trial, times] : drawn) EXPECT_NEAR(times, seeds / 3, 130) << trial;
}

/// Largest difference between the times that two values of an axis are drawn.
std::int64_t imbalance(const ParameterGrid& grid, const std::vector<record::TrialId>& trials) {
    std::int64_t worst = 0;
    for (std::size_t axis = 0; axis < grid.names().size(); ++axis) {
        std::vector<std::int64_t> times(grid.length(axis));
        for (const auto trial : trials) {
            ++times[record::positions_of(grid.lists(), trial)[axis]];
        }
        const auto [least, most] = std::minmax_element(times.begin(), times.end());
        worst = std::max(worst, *most - *least);
    }
    return worst;
}

TEST(LatinHypercube, SpreadsEvenlyOverEveryAxis) {
    // 64 distinct points are all but certain among 8^8: each value of an axis is drawn 8 times.
    const ParameterGrid grid = grid_of(std::vector<int>(8, 8));
    EXPECT_EQ(imbalance(grid, sample(grid, RandomMethod::latin_hypercube, 64, 1)), 0);
}

TEST(Sobol, SpreadsEvenlyOverEveryAxis) {
    const ParameterGrid grid = grid_of(std::vector<int>(8, 8));
    EXPECT_EQ(imbalance(grid, sample(grid, RandomMethod::sobol, 64, 1)), 0);
    // The first two axes: each of the 64 pairs of values once, as a (0,6,2)-net has it.
    const ParameterGrid pair = grid_of({8, 8});
    EXPECT_EQ(sample(pair, RandomMethod::sobol, 64, 1).size(), 64U);
}

TEST(Halton, SpreadsEvenlyOverEveryAxis) {
    // Bases 2 and 3: 2^3 · 3^2 = 72 points fill each of the 8 × 9 boxes once.
    const ParameterGrid grid = grid_of({8, 9, 2});
    const auto trials = sample(grid, RandomMethod::halton, 72, 1);
    std::set<std::pair<std::size_t, std::size_t>> boxes;
    for (const auto trial : trials) {
        const auto positions = record::positions_of(grid.lists(), trial);
        boxes.emplace(positions[0], positions[1]);
    }
    EXPECT_EQ(boxes.size(), 72U);
}

TEST(RandomMethodName, KnowsTalosNames) {
    const auto method = core::value_named<RandomMethod>;
    EXPECT_EQ(method("uniform_mersenne"), RandomMethod::uniform_mersenne);
    EXPECT_EQ(method("sobol"), RandomMethod::sobol);
    EXPECT_EQ(method("halton"), RandomMethod::halton);
    for (const char* name :
         {"latin_hypercube", "latin_matrix", "latin_sudoku", "latin_improved", "Latin-Hypercube"}) {
        EXPECT_EQ(method(name), RandomMethod::latin_hypercube);
    }
    for (const char* name : {"quantum", "korobov_matrix", "uniform_crypto", "ambience", ""}) {
        EXPECT_FALSE(method(name)) << name;
    }
}

}  // namespace
}  // namespace msunet::sweep
