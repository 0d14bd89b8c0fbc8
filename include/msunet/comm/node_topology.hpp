// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Which ranks are on which node. Nodes are numbered in the order of their lowest ranks.
class NodeTopology {
public:
    /// Collective over `all`: ranks that share memory are on one node.
    explicit NodeTopology(const Communicator& all);
    /// Collective over `all`: `node` holds the ranks of this rank's node, which share memory.
    NodeTopology(const Communicator& all, Communicator node);

    /// The ranks of all nodes.
    [[nodiscard]] const Communicator& all() const { return all_; }
    /// The ranks of this node; rank 0 of it is the node's leader.
    [[nodiscard]] const Communicator& node() const { return node_; }
    /// On a leader: the leaders of all nodes, in the order of the nodes. Nothing on other ranks.
    [[nodiscard]] const std::optional<Communicator>& leaders() const { return leaders_; }

    [[nodiscard]] int node_index() const;
    [[nodiscard]] int node_count() const { return static_cast<int>(ranks_per_node_.size()); }
    /// The node of each rank of `all()`.
    [[nodiscard]] const std::vector<int>& node_of_rank() const { return node_of_rank_; }
    /// Number of ranks of each node.
    [[nodiscard]] const std::vector<int>& ranks_per_node() const { return ranks_per_node_; }
    /// Host name of each node.
    [[nodiscard]] const std::vector<std::string>& hosts() const { return hosts_; }

private:
    Communicator all_;
    Communicator node_;
    std::optional<Communicator> leaders_;
    std::vector<int> node_of_rank_;
    std::vector<int> ranks_per_node_;
    std::vector<std::string> hosts_;
};

}  // namespace msunet::comm
