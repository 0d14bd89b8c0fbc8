// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <random>
#include <unordered_set>

#include "msunet/core/random.hpp"
#include "msunet/sweep/selection.hpp"
#include "sweep/points.hpp"

namespace msunet::sweep {

namespace {

using Drawn = std::unordered_set<record::TrialId>;

/// The C++ standard defines the engine's numbers, but not those of its distributions.
std::uint64_t below(std::mt19937_64& engine, std::uint64_t n) {
    const std::uint64_t unfair = (0 - n) % n;
    for (;;) {
        const std::uint64_t word = engine();
        if (word >= unfair) return word % n;
    }
}

/// Floyd's sampling without replacement: Bentley and Floyd, "A sample of brilliance", CACM 30,
/// 1987.
Drawn sample_uniformly(std::uint64_t size, std::uint64_t count, std::mt19937_64& engine) {
    Drawn drawn;
    drawn.reserve(count);
    for (std::uint64_t last = size - count; last < size; ++last) {
        if (!drawn.insert(below(engine, last + 1)).second) drawn.insert(last);
    }
    return drawn;
}

/// Distinct permutations at the points drawn, at most `count` of them.
Drawn collect(const ParameterGrid& grid, const std::vector<std::size_t>& axes, std::uint64_t count,
              std::uint64_t draws, const DrawPoint& draw) {
    Drawn drawn;
    drawn.reserve(count);
    std::vector<std::uint64_t> coordinates(axes.size());
    std::vector<std::uint64_t> positions(grid.names().size(), 0);
    for (std::uint64_t i = 0; i < draws && drawn.size() < count; ++i) {
        draw(coordinates);
        for (std::size_t d = 0; d < axes.size(); ++d) {
            positions[axes[d]] = part_of(coordinates[d], grid.length(axes[d]));
        }
        drawn.insert(grid.index(positions));
    }
    return drawn;
}

Drawn sample_points(const ParameterGrid& grid, RandomMethod method, std::uint64_t count,
                    std::uint64_t seed) {
    std::vector<std::size_t> axes;
    for (std::size_t axis = 0; axis < grid.names().size(); ++axis) {
        if (grid.length(axis) > 1) axes.push_back(axis);
    }
    return collect(grid, axes, count, points_worth_drawing(method, count),
                   points_of(method, axes.size(), count, seed));
}

}  // namespace

std::vector<record::TrialId> sample(const ParameterGrid& grid, RandomMethod method,
                                    std::uint64_t count, std::uint64_t seed) {
    std::vector<record::TrialId> trials;
    if (count >= grid.size()) {
        trials.resize(grid.size());
        std::iota(trials.begin(), trials.end(), record::TrialId{0});
        return trials;
    }
    std::mt19937_64 engine(core::derive_seed(seed, {core::seed_label("sample")}));
    Drawn drawn = method == RandomMethod::uniform_mersenne
                      ? sample_uniformly(grid.size(), count, engine)
                      : sample_points(grid, method, count, seed);
    while (drawn.size() < count) drawn.insert(below(engine, grid.size()));
    trials.assign(drawn.begin(), drawn.end());
    std::sort(trials.begin(), trials.end());
    return trials;
}

}  // namespace msunet::sweep
