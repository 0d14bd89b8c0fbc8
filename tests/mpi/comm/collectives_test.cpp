// SPDX-License-Identifier: Apache-2.0
/// \file
/// Expected values are formulas of rank and size.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"

namespace msunet::comm {
namespace {

class Collectives : public testing::Test {
protected:
    const Communicator world = Communicator::world();
    const int rank = world.rank();
    const int size = world.size();
};

TEST_F(Collectives, EveryRootBroadcastsItsOwn) {
    for (int root = 0; root < size; ++root) {
        EXPECT_EQ(world.broadcast(rank * 10, root), root * 10);
        const std::string text(static_cast<std::size_t>(rank + 1), 'x');
        EXPECT_EQ(world.broadcast(text, root).size(), static_cast<std::size_t>(root + 1));
        const std::vector<int> values(static_cast<std::size_t>(rank), rank);
        EXPECT_EQ(world.broadcast(values, root),
                  std::vector<int>(static_cast<std::size_t>(root), root));
    }
}

TEST_F(Collectives, GatherKeepsTheOrderOfRanks) {
    const int root = size - 1;
    const auto squares = world.gather(rank * rank, root);
    const auto texts = world.gather(std::string(static_cast<std::size_t>(rank), 'a'), root);
    if (rank != root) {
        EXPECT_TRUE(squares.empty());
        EXPECT_TRUE(texts.empty());
        return;
    }
    for (int i = 0; i < size; ++i) {
        EXPECT_EQ(squares.at(static_cast<std::size_t>(i)), i * i);
        EXPECT_EQ(texts.at(static_cast<std::size_t>(i)).size(), static_cast<std::size_t>(i));
    }
}

TEST_F(Collectives, AllGatherJoinsVectorsOfAnyLength) {
    const std::vector<std::int64_t> mine(static_cast<std::size_t>(rank), rank);
    std::vector<std::int64_t> expected;
    for (int i = 0; i < size; ++i) {
        expected.insert(expected.end(), static_cast<std::size_t>(i), i);
    }
    EXPECT_EQ(world.all_gather(mine), expected);
    const auto texts = world.all_gather("rank " + std::to_string(rank));
    EXPECT_EQ(texts.back(), "rank " + std::to_string(size - 1));
    EXPECT_EQ(world.all_gather(rank + 0.5).front(), 0.5);
}

TEST_F(Collectives, ReductionsOfEveryType) {
    const std::int64_t n = size;
    EXPECT_EQ(world.all_reduce(std::int64_t{rank}, Operation::sum), n * (n - 1) / 2);
    EXPECT_EQ(world.all_reduce(std::int64_t{-rank}, Operation::min), 1 - n);
    EXPECT_EQ(world.all_reduce(static_cast<std::uint64_t>(rank), Operation::max),
              static_cast<std::uint64_t>(n - 1));
    std::vector<float> floats(1000, static_cast<float>(rank + 1));
    world.all_reduce(std::span<float>(floats), Operation::sum);
    const std::int64_t sum = n * (n + 1) / 2;
    EXPECT_EQ(floats, std::vector<float>(1000, static_cast<float>(sum)));
    EXPECT_EQ(world.all_of(rank > 0), false);
    EXPECT_EQ(world.any_of(rank == size - 1), true);
}

// The sum of 1/(i + rank + 1) rounds differently in another order of the ranks.
TEST_F(Collectives, ReductionIsTheSameOnEveryRankAndEveryTime) {
    for (const std::size_t count : {1U, 17U, 5000U, 300000U}) {
        std::vector<float> first(count);
        for (std::size_t i = 0; i < count; ++i) {
            first[i] = 1.0F / static_cast<float>(i + static_cast<std::size_t>(rank) + 1);
        }
        auto second = first;
        world.all_reduce(std::span<float>(first), Operation::sum);
        world.all_reduce(std::span<float>(second), Operation::sum);
        EXPECT_EQ(std::memcmp(first.data(), second.data(), count * sizeof(float)), 0);
        const auto of_root = world.broadcast(first);
        EXPECT_EQ(std::memcmp(first.data(), of_root.data(), count * sizeof(float)), 0);
        double expected = 0;
        for (int i = 0; i < size; ++i) {
            expected += 1.0 / static_cast<double>(count + static_cast<std::size_t>(i));
        }
        EXPECT_NEAR(first.back(), expected, 1e-6 * expected);
    }
}

TEST_F(Collectives, SplitByColorAndKey) {
    const auto parity = world.split(rank % 2, -rank);
    EXPECT_EQ(parity.size(), (size + 1 - rank % 2) / 2);
    EXPECT_EQ(parity.all_reduce(std::int64_t{rank % 2}, Operation::sum),
              parity.size() * (rank % 2));
    EXPECT_EQ(parity.rank(), parity.size() - 1 - rank / 2);
    const auto copy = world.duplicate();
    EXPECT_EQ(copy.rank(), rank);
}

TEST_F(Collectives, ErrorsOfMpiAreExceptions) {
    EXPECT_THROW(world.send(size + 5, 0, "nowhere"), core::Error);
    if (size > 1) {
        EXPECT_THROW(static_cast<void>(world.broadcast(1, size)), core::Error)
            << "a root that is not there";
    }
}

}  // namespace
}  // namespace msunet::comm
