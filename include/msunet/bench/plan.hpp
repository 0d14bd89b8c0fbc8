// SPDX-License-Identifier: Apache-2.0
/// \file
/// On which ranks a scaling benchmark is measured. Pure.
#pragma once

#include <span>
#include <vector>

namespace msunet::bench {

/// Ranks that are measured together.
struct RankSet {
    std::vector<int> ranks;     ///< of the world, node by node
    std::vector<int> per_node;  ///< how many of them are on each of their nodes, in that order

    [[nodiscard]] int size() const { return static_cast<int>(ranks.size()); }
    [[nodiscard]] int nodes() const { return static_cast<int>(per_node.size()); }
    /// How many of the ranks are on the node of the one at this place of `ranks`.
    [[nodiscard]] int ranks_beside(int place) const;
    /// By how many places, in a circle, another rank's data is away from a rank that must not find
    /// them in the memory of its own node: the ranks of the fullest node. 1 on one node. Where more
    /// than half of the ranks are on one node, some of them have to read what their node wrote.
    [[nodiscard]] int reading_shift() const;

    friend bool operator==(const RankSet&, const RankSet&) = default;
};

/// The sets for nodes with these ranks, smallest first: on the first node that has ranks 1, 2, 4 …
/// and all of its ranks, then all ranks of the first 2, 4 … and of all nodes. Nodes without ranks
/// are left out; none for no ranks.
[[nodiscard]] std::vector<RankSet> plan_rank_sets(std::span<const std::vector<int>> ranks_of_nodes);

}  // namespace msunet::bench
