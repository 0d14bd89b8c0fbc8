// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/selection.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

using core::concat;
using core::quoted;

std::string count_text(std::uint64_t count) {
    return core::thousands(static_cast<std::int64_t>(count));
}

std::string permutations_text(std::uint64_t count) {
    return count_text(count) + (count == 1 ? " permutation" : " permutations");
}

/// How many to draw, and the option that says so; empty: all.
struct Limit {
    std::uint64_t count = 0;
    std::string option;
};

Limit limit_of(const ParameterGrid& grid, const SweepOptions& options) {
    if (options.fraction_limit) {
        // As Python's int(size * fraction) computes it.
        const double count = static_cast<double>(grid.size()) * *options.fraction_limit;
        if (count < 1) {
            throw core::UsageError(concat("--fraction_limit ", *options.fraction_limit,
                                          " leaves none of ", permutations_text(grid.size()),
                                          ", raise it"));
        }
        const auto whole = static_cast<std::uint64_t>(count);
        return {std::min(whole, grid.size()), concat("--fraction_limit ", *options.fraction_limit)};
    }
    if (options.round_limit) {
        return {std::min(static_cast<std::uint64_t>(*options.round_limit), grid.size()),
                concat("--round_limit ", *options.round_limit)};
    }
    return {grid.size(), ""};
}

/// The values of each axis as an expression sees them.
std::vector<std::vector<core::Value>> canonical_axes(const ParameterGrid& grid,
                                                     const Expression::Canonical& canonical) {
    std::vector<std::vector<core::Value>> axes;
    for (std::size_t i = 0; i < grid.names().size(); ++i) {
        auto& values = axes.emplace_back(grid.axis(i));
        if (!canonical) continue;
        for (core::Value& value : values) value = canonical(grid.names()[i], value);
    }
    return axes;
}

void filter(std::vector<record::TrialId>& trials, const std::string& text,
            const ParameterGrid& grid, const core::Permutation& defaults,
            const Expression::Canonical& canonical) {
    std::vector<std::string> names = grid.names();
    const auto axes_values = canonical_axes(grid, canonical);
    std::vector<const core::Value*> others;
    for (const auto& [name, value] : defaults) {
        if (grid.lists().contains(name)) continue;
        names.push_back(name);
        others.push_back(&value);
    }
    const Expression expression(text, names, canonical);
    const std::size_t axes = axes_values.size();
    std::erase_if(trials, [&](record::TrialId trial) {
        const auto positions = record::positions_of(grid.lists(), trial);
        return !expression.accepts([&](std::size_t slot) -> const core::Value& {
            return slot < axes ? axes_values[slot][positions[slot]] : *others[slot - axes];
        });
    });
    if (trials.empty()) {
        throw core::UsageError(
            concat("--boolean_limit ", quoted(text), " leaves no permutation, loosen it"));
    }
}

void keep_shard(std::vector<record::TrialId>& trials, const Shard& shard) {
    if (static_cast<std::uint64_t>(shard.count) > trials.size()) {
        throw core::UsageError(concat("--shard ", to_text(shard), ": the sweep has only ",
                                      permutations_text(trials.size()),
                                      ", use at most that many shards"));
    }
    std::vector<record::TrialId> kept;
    for (auto i = static_cast<std::size_t>(shard.index - 1); i < trials.size();
         i += static_cast<std::size_t>(shard.count)) {
        kept.push_back(trials[i]);
    }
    trials = std::move(kept);
}

}  // namespace

std::string folder_suffix(const Shard& shard) {
    return concat("_shard", shard.index, "of", shard.count);
}

Selection select(const ParameterGrid& grid, const SweepOptions& options, std::uint64_t seed,
                 const core::Permutation& defaults, const Expression::Canonical& canonical) {
    Selection selection;
    selection.lines.push_back(permutations_text(grid.size()) + " in the grid");
    const Limit limit = limit_of(grid, options);
    if (limit.count > selection_limit) {
        throw core::UsageError(
            concat(count_text(limit.count), " permutations are more than a sweep tries (",
                   count_text(selection_limit),
                   "), set --round_limit N or --fraction_limit F, or shorten the grid's lists "
                   "(--boolean_limit filters only what these have drawn)"));
    }
    selection.trials = sample(grid, options.random_method, limit.count, seed);
    if (!limit.option.empty()) {
        selection.lines.push_back(concat(count_text(selection.trials.size()), " of them drawn by ",
                                         limit.option, " (", core::name_of(options.random_method),
                                         ")"));
    }
    if (options.boolean_limit) {
        filter(selection.trials, *options.boolean_limit, grid, defaults, canonical);
        selection.lines.push_back(concat(count_text(selection.trials.size()),
                                         " of them accepted by --boolean_limit ",
                                         quoted(*options.boolean_limit)));
    }
    if (options.shard) {
        keep_shard(selection.trials, *options.shard);
        selection.lines.push_back(concat(count_text(selection.trials.size()), " of them in shard ",
                                         to_text(*options.shard)));
    }
    return selection;
}

}  // namespace msunet::sweep
