// SPDX-License-Identifier: Apache-2.0
#include "prepare/work_plan.hpp"

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

double voxels(const imaging::Grid& grid) {
    return static_cast<double>(grid.size[0]) * static_cast<double>(grid.size[1]) *
           static_cast<double>(grid.size[2]);
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

// Roughly nanoseconds on one core: only their ratios matter.

double cost_of(const PairGeometry& geometry) {
    return geometry.reading_cost + 150 * voxels(geometry.after);
}

double cost_of(const PairGeometry& geometry, const imaging::AugmentedCopy& copy) {
    double each = 0;
    if (copy.rotation) each += 150;
    if (copy.affine) each += 150;
    if (copy.noise) each += 60;
    if (copy.contrast) each += 900;
    return cost_of(geometry) + each * voxels(geometry.before);
}

}  // namespace msunet::prepare
