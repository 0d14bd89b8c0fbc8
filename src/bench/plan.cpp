// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/plan.hpp"

#include <algorithm>
#include <cstddef>

namespace msunet::bench {

namespace {

/// 1, 2, 4 … below `all`, then `all`.
std::vector<std::size_t> doubling(std::size_t all) {
    std::vector<std::size_t> numbers;
    for (std::size_t number = 1; number < all; number *= 2) numbers.push_back(number);
    if (all > 0) numbers.push_back(all);
    return numbers;
}

/// The first `number` ranks of a node.
RankSet part_of_node(const std::vector<int>& node, std::size_t number) {
    return {{node.begin(), node.begin() + static_cast<std::ptrdiff_t>(number)},
            {static_cast<int>(number)}};
}

/// All ranks of these nodes.
RankSet whole_nodes(std::span<const std::vector<int>> nodes) {
    RankSet set;
    for (const auto& node : nodes) {
        set.ranks.insert(set.ranks.end(), node.begin(), node.end());
        set.per_node.push_back(static_cast<int>(node.size()));
    }
    return set;
}

}  // namespace

int RankSet::ranks_beside(int place) const {
    for (const int on_node : per_node) {
        if (place < on_node) return on_node;
        place -= on_node;
    }
    return 0;
}

int RankSet::reading_shift() const {
    return nodes() > 1 ? *std::max_element(per_node.begin(), per_node.end()) : 1;
}

std::vector<RankSet> plan_rank_sets(std::span<const std::vector<int>> ranks_of_nodes) {
    std::vector<std::vector<int>> nodes;
    for (const auto& ranks : ranks_of_nodes) {
        if (!ranks.empty()) nodes.push_back(ranks);
    }
    std::vector<RankSet> sets;
    if (nodes.empty()) return sets;
    for (const std::size_t number : doubling(nodes.front().size())) {
        sets.push_back(part_of_node(nodes.front(), number));
    }
    for (const std::size_t number : doubling(nodes.size())) {
        if (number > 1) sets.push_back(whole_nodes(std::span(nodes).first(number)));
    }
    return sets;
}

}  // namespace msunet::bench
