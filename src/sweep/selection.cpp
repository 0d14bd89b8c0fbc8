// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/selection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/expression.hpp"

namespace msunet::sweep {

namespace {

using core::concat;
using core::quoted;

constexpr std::array<std::pair<std::string_view, RandomMethod>, 7> method_names{
    {{"uniform_mersenne", RandomMethod::uniform_mersenne},
     {"sobol", RandomMethod::sobol},
     {"halton", RandomMethod::halton},
     {"latin_hypercube", RandomMethod::latin_hypercube},
     {"latin_matrix", RandomMethod::latin_hypercube},
     {"latin_sudoku", RandomMethod::latin_hypercube},
     {"latin_improved", RandomMethod::latin_hypercube}}};

std::string count_text(std::uint64_t count) {
    return core::thousands(static_cast<std::int64_t>(count));
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
                                          " leaves none of ", count_text(grid.size()),
                                          " permutations, raise it"));
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

void filter(std::vector<record::TrialId>& trials, const std::string& text,
            const ParameterGrid& grid, const core::Permutation& defaults) {
    std::vector<std::string> names = grid.names();
    std::vector<const core::Value*> others;
    for (const auto& [name, value] : defaults) {
        if (grid.lists().contains(name)) continue;
        names.push_back(name);
        others.push_back(&value);
    }
    const Expression expression(text, names);
    const std::size_t axes = grid.names().size();
    std::erase_if(trials, [&](record::TrialId trial) {
        const auto positions = record::positions_of(grid.lists(), trial);
        return !expression.accepts([&](std::size_t slot) -> const core::Value& {
            return slot < axes ? grid.axis(slot)[positions[slot]] : *others[slot - axes];
        });
    });
    if (trials.empty()) {
        throw core::UsageError(
            concat("--boolean_limit ", quoted(text), " leaves no permutation, loosen it"));
    }
}

void keep_shard(std::vector<record::TrialId>& trials, const Shard& shard) {
    if (static_cast<std::uint64_t>(shard.count) > trials.size()) {
        throw core::UsageError(concat("--shard ", shard.index, "/", shard.count,
                                      ": there are only ", trials.size(),
                                      " permutations, use at most so many shards"));
    }
    std::vector<record::TrialId> kept;
    for (auto i = static_cast<std::size_t>(shard.index - 1); i < trials.size();
         i += static_cast<std::size_t>(shard.count)) {
        kept.push_back(trials[i]);
    }
    trials = std::move(kept);
}

}  // namespace

RandomMethod parse_random_method(std::string_view name) {
    const std::string wanted = core::normal_name(name);
    for (const auto& [known, method] : method_names) {
        if (known == wanted) return method;
    }
    throw core::UsageError(concat("--random_method: ", quoted(name),
                                  " is unknown (known are uniform_mersenne, sobol, halton, "
                                  "latin_hypercube), choose one of these"));
}

Shard parse_shard(std::string_view text) {
    const std::vector<std::string> parts = core::split(text, '/');
    const auto index = core::to_integer(parts.front());
    const auto count = parts.size() == 2 ? core::to_integer(parts[1]) : std::nullopt;
    if (!index || !count || *index < 1 || *count < *index) {
        throw core::UsageError(
            concat("--shard: ", quoted(text), " is not i/N with 1 ≤ i ≤ N, write for example 1/8"));
    }
    return {*index, *count};
}

std::string folder_suffix(const Shard& shard) {
    return concat("_shard", shard.index, "of", shard.count);
}

Selection select(const ParameterGrid& grid, const SweepOptions& options, std::uint64_t seed,
                 const core::Permutation& defaults) {
    const RandomMethod method = parse_random_method(options.random_method);
    std::optional<Shard> shard;
    if (options.shard) shard = parse_shard(*options.shard);

    Selection selection;
    selection.lines.push_back(count_text(grid.size()) +
                              (grid.size() == 1 ? " permutation" : " permutations") +
                              " in the grid");
    const Limit limit = limit_of(grid, options);
    if (limit.count > selection_limit) {
        throw core::UsageError(
            concat(count_text(limit.count), " permutations are more than a sweep tries (",
                   count_text(selection_limit),
                   "), set --round_limit N or --fraction_limit F, or shorten the grid's lists "
                   "(--boolean_limit filters only what these have drawn)"));
    }
    selection.trials = sample(grid, method, limit.count, seed);
    if (!limit.option.empty()) {
        selection.lines.push_back(concat(count_text(selection.trials.size()), " of them drawn by ",
                                         limit.option, " (", options.random_method, ")"));
    }
    if (options.boolean_limit) {
        filter(selection.trials, *options.boolean_limit, grid, defaults);
        selection.lines.push_back(concat(count_text(selection.trials.size()),
                                         " of them accepted by --boolean_limit ",
                                         quoted(*options.boolean_limit)));
    }
    if (shard) {
        keep_shard(selection.trials, *shard);
        selection.lines.push_back(concat(count_text(selection.trials.size()), " of them in shard ",
                                         shard->index, "/", shard->count));
    }
    return selection;
}

}  // namespace msunet::sweep
