// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/plan.hpp"

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

}  // namespace

std::vector<Count> plan_counts(std::span<const std::vector<int>> ranks_of_nodes) {
    std::vector<std::vector<int>> nodes;
    for (const auto& ranks : ranks_of_nodes) {
        if (!ranks.empty()) nodes.push_back(ranks);
    }
    std::vector<Count> counts;
    if (nodes.empty()) return counts;
    for (const std::size_t number : doubling(nodes.front().size())) {
        auto& count = counts.emplace_back();
        count.ranks.assign(nodes.front().begin(),
                           nodes.front().begin() + static_cast<std::ptrdiff_t>(number));
    }
    for (const std::size_t number : doubling(nodes.size())) {
        if (number == 1) continue;
        auto& count = counts.emplace_back();
        count.nodes = static_cast<int>(number);
        for (std::size_t node = 0; node < number; ++node) {
            count.ranks.insert(count.ranks.end(), nodes[node].begin(), nodes[node].end());
        }
    }
    return counts;
}

}  // namespace msunet::bench
