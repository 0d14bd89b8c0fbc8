// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/shared_window.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "msunet/core/error.hpp"
#include "support/nodes.hpp"

namespace msunet::comm {
namespace {

constexpr std::size_t part = 10000;

/// What rank r writes into element i of its part.
std::uint32_t value_of(int rank, std::size_t i) {
    return static_cast<std::uint32_t>(rank + 1) * 100000U + static_cast<std::uint32_t>(i);
}

void write_part(const SharedWindow& window, int rank) {
    const auto mine = window.as<std::uint32_t>(static_cast<std::size_t>(rank) * part * 4, part);
    for (std::size_t i = 0; i < part; ++i) {
        mine[i] = value_of(rank, i);
    }
}

void expect_all_parts(const SharedWindow& window, int ranks) {
    for (int rank = 0; rank < ranks; ++rank) {
        const auto values =
            window.as<std::uint32_t>(static_cast<std::size_t>(rank) * part * 4, part);
        for (std::size_t i = 0; i < part; i += 97) {
            ASSERT_EQ(values[i], value_of(rank, i)) << "part of rank " << rank;
        }
    }
}

TEST(SharedWindow, AllRanksReadWhatEachHasWritten) {
    const auto world = Communicator::world();
    const NodeTopology topology(world);
    const SharedWindow window(topology, part * 4 * static_cast<std::size_t>(world.size()));
    EXPECT_EQ(window.bytes().back(), std::byte{0}) << "a window is zeroed";
    window.synchronise();
    write_part(window, world.rank());
    window.synchronise();
    expect_all_parts(window, world.size());
    window.synchronise();
}

TEST(SharedWindow, NodesExchangeTheirParts) {
    const auto world = Communicator::world();
    for (int per_node = 1; per_node <= world.size(); ++per_node) {
        const auto topology = test::simulated_nodes(world, per_node);
        const SharedWindow window(topology, part * 4 * static_cast<std::size_t>(world.size()));
        write_part(window, world.rank());
        std::vector<NodeRange> ranges;
        for (int rank = world.size() - 1; rank >= 0; --rank) {
            ranges.push_back({topology.node_of_rank()[static_cast<std::size_t>(rank)],
                              static_cast<std::uint64_t>(rank) * part * 4, part * 4});
        }
        ranges.push_back({0, 0, 0});
        exchange_between_nodes(topology, window, ranges);
        expect_all_parts(window, world.size());
        window.synchronise();
    }
}

TEST(SharedWindow, TooLittleSpaceIsAnErrorOnEveryRank) {
    const auto world = Communicator::world();
    const NodeTopology topology(world);
    if (world.size() == 1) {
        GTEST_SKIP() << "one rank needs no shared memory";
    }
    try {
        const SharedWindow window(topology, std::size_t{1} << 60);
        FAIL() << "a window of 2^60 bytes";
    } catch (const core::Error& error) {
        const std::string text = error.what();
        EXPECT_NE(text.find("1152921504606846976"), std::string::npos) << text;
        EXPECT_NE(text.find("are free"), std::string::npos) << text;
    }
    EXPECT_EQ(world.all_reduce(std::int64_t{1}, Operation::sum), world.size());
}

}  // namespace
}  // namespace msunet::comm
