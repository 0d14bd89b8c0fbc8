// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/deal.hpp"

#include <algorithm>
#include <numeric>

namespace msunet::prepare {

namespace {

/// Task numbers, costliest first.
std::vector<std::size_t> by_cost(std::span<const double> costs) {
    std::vector<std::size_t> tasks(costs.size());
    std::iota(tasks.begin(), tasks.end(), std::size_t{0});
    std::ranges::stable_sort(tasks,
                             [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
    return tasks;
}

}  // namespace

std::vector<int> assign_tasks(std::span<const double> costs, int ranks) {
    std::vector<double> load(static_cast<std::size_t>(ranks));
    std::vector<int> owners(costs.size());
    for (const std::size_t task : by_cost(costs)) {
        const auto least = std::ranges::min_element(load);
        *least += costs[task];
        owners[task] = static_cast<int>(least - load.begin());
    }
    return owners;
}

std::vector<std::size_t> tasks_of(std::span<const double> costs, std::span<const int> owners,
                                  int rank) {
    std::vector<std::size_t> tasks = by_cost(costs);
    std::erase_if(tasks, [&](std::size_t task) { return owners[task] != rank; });
    return tasks;
}

}  // namespace msunet::prepare
