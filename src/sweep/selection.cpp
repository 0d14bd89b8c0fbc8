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

bool has_limit(const SweepOptions& options) {
    return options.fraction_limit || options.round_limit;
}

/// The limit that counts, as an option.
std::string limit_text(const SweepOptions& options) {
    if (options.fraction_limit) return concat("--fraction_limit ", *options.fraction_limit);
    return concat("--round_limit ", options.round_limit.value());
}

/// " drawn by --round_limit 50 (sobol)".
std::string drawn_by(const SweepOptions& options) {
    const Sampler sampler = sampler_of(options);
    return concat(" drawn by ", limit_text(options), " (",
                  core::name_of(sampler == Sampler::grid ? Sampler::random : sampler), ")");
}

/// How many of the grid's permutations the limits leave.
std::uint64_t limited_count(const ParameterGrid& grid, const SweepOptions& options) {
    if (options.fraction_limit) {
        // As Python's int(size * fraction) computes it.
        const double count = static_cast<double>(grid.size()) * *options.fraction_limit;
        if (count < 1) {
            throw core::UsageError(concat(limit_text(options), " leaves none of ",
                                          permutations_text(grid.size()), ", raise it"));
        }
        return std::min(static_cast<std::uint64_t>(count), grid.size());
    }
    if (!options.round_limit) return grid.size();
    return std::min(static_cast<std::uint64_t>(*options.round_limit), grid.size());
}

std::vector<record::TrialId> sample_limited(const ParameterGrid& grid, const SweepOptions& options,
                                            std::uint64_t seed) {
    const std::uint64_t count = limited_count(grid, options);
    if (count > selection_limit) {
        throw core::UsageError(
            concat(count_text(count), " permutations are more than a sweep tries (",
                   count_text(selection_limit),
                   "), set --round_limit N or --fraction_limit F, or shorten the grid's lists "
                   "(--boolean_limit filters only what these have drawn)"));
    }
    return sample(grid, method_of(options), count, seed);
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
                 const core::Permutation& defaults, const Expression::Canonical& canonical,
                 const std::optional<std::vector<record::TrialId>>& drawn) {
    Selection selection;
    if (drawn) {
        selection.trials = *drawn;
        selection.lines.push_back(concat(permutations_text(drawn->size()), drawn_by(options)));
    } else {
        selection.lines.push_back(permutations_text(grid.size()) + " in the grid");
        selection.trials = sample_limited(grid, options, seed);
        if (has_limit(options)) {
            selection.lines.push_back(
                concat(count_text(selection.trials.size()), " of them", drawn_by(options)));
        }
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
