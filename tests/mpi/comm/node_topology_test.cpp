// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/node_topology.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "support/nodes.hpp"

namespace msunet::comm {
namespace {

TEST(NodeTopology, RanksOfOneMachineAreOneNode) {
    const auto world = Communicator::world();
    const NodeTopology topology(world);
    EXPECT_EQ(topology.node_count(), 1);
    EXPECT_EQ(topology.node_index(), 0);
    EXPECT_EQ(topology.node().rank(), world.rank());
    EXPECT_EQ(topology.ranks_per_node(), std::vector<int>{world.size()});
    EXPECT_EQ(topology.leaders().has_value(), world.rank() == 0);
    EXPECT_FALSE(topology.hosts().at(0).empty());
}

TEST(NodeTopology, ConsecutiveRanksCountAsNodes) {
    const auto world = Communicator::world();
    for (int per_node = 1; per_node <= world.size(); ++per_node) {
        const auto topology = test::simulated_nodes(world, per_node);
        const int nodes = (world.size() + per_node - 1) / per_node;
        EXPECT_EQ(topology.node_count(), nodes);
        EXPECT_EQ(topology.node_index(), world.rank() / per_node);
        EXPECT_EQ(topology.node().rank(), world.rank() % per_node);
        EXPECT_EQ(topology.node().is_root(), world.rank() % per_node == 0);
        const auto& counts = topology.ranks_per_node();
        EXPECT_EQ(std::reduce(counts.begin(), counts.end()), world.size());
        EXPECT_EQ(counts.front(), std::min(per_node, world.size()));
        for (int rank = 0; rank < world.size(); ++rank) {
            EXPECT_EQ(topology.node_of_rank().at(static_cast<std::size_t>(rank)), rank / per_node);
        }
        if (topology.leaders()) {
            EXPECT_EQ(topology.leaders()->size(), nodes);
            EXPECT_EQ(topology.leaders()->rank(), topology.node_index());
        }
    }
}

}  // namespace
}  // namespace msunet::comm
