// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/comm/node_topology.hpp"

namespace msunet::test {

/// Collective over `all`: counts each `ranks_per_node` consecutive ranks as a node, to test on one
/// machine what happens between nodes.
inline comm::NodeTopology simulated_nodes(const comm::Communicator& all, int ranks_per_node) {
    return {all, all.split(all.rank() / ranks_per_node, all.rank())};
}

}  // namespace msunet::test
