// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Which ranks share a node. Nodes are numbered by their lowest rank in the given communicator.
class NodeTopology {
public:
    /// Collective over `all`: nodes are found by shared memory.
    explicit NodeTopology(const Communicator& all);
    /// Collective over `all`: each `ranks_per_node` consecutive ranks count as a node, for tests of
    /// what happens between nodes on one machine. They must in truth share memory.
    NodeTopology(const Communicator& all, int ranks_per_node);

    /// All ranks that were given.
    [[nodiscard]] const Communicator& all() const { return all_; }
    /// The ranks of this node; its rank 0 is the node's leader.
    [[nodiscard]] const Communicator& node() const { return node_; }
    /// The nodes' leaders, in the order of the nodes; on the other ranks nothing.
    [[nodiscard]] const std::optional<Communicator>& leaders() const { return leaders_; }

    [[nodiscard]] int node_index() const;
    [[nodiscard]] int node_count() const { return static_cast<int>(ranks_per_node_.size()); }
    [[nodiscard]] int local_rank() const { return node_.rank(); }
    [[nodiscard]] int local_size() const { return node_.size(); }
    [[nodiscard]] bool is_leader() const { return node_.is_root(); }
    /// The node of each rank of `all()`.
    [[nodiscard]] const std::vector<int>& node_of_rank() const { return node_of_rank_; }
    /// Number of ranks, by node.
    [[nodiscard]] const std::vector<int>& ranks_per_node() const { return ranks_per_node_; }
    /// Host name, by node.
    [[nodiscard]] const std::vector<std::string>& hosts() const { return hosts_; }

private:
    NodeTopology(const Communicator& all, Communicator node);

    Communicator all_;
    Communicator node_;
    std::optional<Communicator> leaders_;
    std::vector<int> node_of_rank_;
    std::vector<int> ranks_per_node_;
    std::vector<std::string> hosts_;
};

}  // namespace msunet::comm
