// SPDX-License-Identifier: Apache-2.0
/// \file
/// On which numbers of ranks a scaling benchmark is measured. Pure.
#pragma once

#include <span>
#include <vector>

namespace msunet::bench {

/// Ranks that are measured together.
struct Count {
    std::vector<int> ranks;  ///< of the world, ascending by node and place in the node
    int nodes = 1;           ///< on which they are

    [[nodiscard]] int size() const { return static_cast<int>(ranks.size()); }
    friend bool operator==(const Count&, const Count&) = default;
};

/// The counts for nodes with these ranks, smallest first: on the first node that has ranks 1, 2, 4
/// … and all of its ranks, then all ranks of the first 2, 4 … and of all nodes. Nodes without ranks
/// are left out; none for no ranks.
[[nodiscard]] std::vector<Count> plan_counts(std::span<const std::vector<int>> ranks_of_nodes);

}  // namespace msunet::bench
