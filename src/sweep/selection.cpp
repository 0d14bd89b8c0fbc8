// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/selection.hpp"

#include <algorithm>
#include <functional>
#include <memory>
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
            throw core::UsageError(
                {.option = "--fraction_limit",
                 .got = concat(*options.fraction_limit),
                 .problem = concat("leaves none of ", permutations_text(grid.size())),
                 .advice = "raise it"});
        }
        return std::min(static_cast<std::uint64_t>(count), grid.size());
    }
    if (!options.round_limit) return grid.size();
    return std::min(static_cast<std::uint64_t>(*options.round_limit), grid.size());
}

/// As `limited_count`; throws core::UsageError for more than a sweep tries.
std::uint64_t checked_count(const ParameterGrid& grid, const SweepOptions& options) {
    const std::uint64_t count = limited_count(grid, options);
    if (count > selection_limit) {
        throw core::UsageError(
            {.problem = concat(count_text(count), " permutations are more than a sweep tries"),
             .why = count_text(selection_limit),
             .advice = "set --round_limit N or --fraction_limit F, or shorten the grid's lists "
                       "(--boolean_limit filters only what these have drawn)"});
    }
    return count;
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

[[noreturn]] void refuse_expression(const SweepOptions& options) {
    throw core::UsageError({.option = "--boolean_limit",
                            .got = options.boolean_limit.value_or(""),
                            .problem = "leaves no permutation",
                            .advice = "loosen it"});
}

/// `most`, or the number of permutations that are accepted if it is smaller and they can be
/// counted.
std::uint64_t accepted_count(const ParameterGrid& grid, const Accepts& accepts,
                             std::uint64_t most) {
    if (!accepts || grid.size() > selection_limit) return most;
    std::uint64_t count = 0;
    for (record::TrialId trial = 0; trial < grid.size() && count < most; ++trial) {
        count += accepts(trial) ? 1 : 0;
    }
    return count;
}

void keep_shard(std::vector<record::TrialId>& trials, const Shard& shard) {
    if (static_cast<std::uint64_t>(shard.count) > trials.size()) {
        throw core::UsageError(
            {.option = "--shard",
             .got = to_text(shard),
             .problem = concat(": the sweep has only ", permutations_text(trials.size())),
             .advice = "use at most that many shards"});
    }
    std::vector<record::TrialId> kept;
    for (auto i = static_cast<std::size_t>(shard.index - 1); i < trials.size();
         i += static_cast<std::size_t>(shard.count)) {
        kept.push_back(trials[i]);
    }
    trials = std::move(kept);
}

Selection first_suggestions(const ParameterGrid& grid, const SweepOptions& options,
                            std::uint64_t seed, const Accepts& accepts) {
    TpeSettings settings;
    settings.seed = seed;
    const std::uint64_t count = accepted_count(grid, accepts, checked_count(grid, options));
    const auto suggester = tpe(grid, settings, accepts);
    Selection selection;
    const std::uint64_t begin = std::min<std::uint64_t>(count, settings.startup);
    while (selection.trials.size() < begin) {
        const auto trial = suggester->suggest();
        if (!trial) break;
        selection.trials.push_back(*trial);
    }
    if (selection.trials.empty()) refuse_expression(options);
    std::ranges::sort(selection.trials);
    if (selection.trials.size() == begin) selection.rounds = count;
    selection.lines = {
        permutations_text(grid.size()) + " in the grid",
        concat(count_text(selection.count()), " of them tried by ", limit_text(options), " (tpe), ",
               selection.trials.size(), " drawn to begin with")};
    if (options.boolean_limit) {
        selection.lines.push_back(
            concat("suggested where --boolean_limit ", quoted(*options.boolean_limit), " is true"));
    }
    return selection;
}

}  // namespace

std::string folder_suffix(const Shard& shard) {
    return concat("_shard", shard.index, "of", shard.count);
}

Accepts accepted_by(const SweepOptions& options, const ParameterGrid& grid,
                    const core::Permutation& defaults, const Expression::Canonical& canonical) {
    if (!options.boolean_limit) return {};
    std::vector<std::string> names = grid.names();
    std::vector<core::Value> others;
    for (const auto& [name, value] : defaults) {
        if (grid.lists().contains(name)) continue;
        names.push_back(name);
        others.push_back(value);
    }
    const auto expression =
        std::make_shared<const Expression>(*options.boolean_limit, names, canonical);
    return [&grid, expression, others,
            values = canonical_axes(grid, canonical)](record::TrialId trial) {
        const auto positions = record::positions_of(grid.lists(), trial);
        return expression->accepts([&](std::size_t slot) -> const core::Value& {
            return slot < values.size() ? values[slot][positions[slot]]
                                        : others[slot - values.size()];
        });
    };
}

Selection select(const ParameterGrid& grid, const SweepOptions& options, std::uint64_t seed,
                 const core::Permutation& defaults, const Expression::Canonical& canonical,
                 const std::optional<std::vector<record::TrialId>>& drawn) {
    if (sampler_of(options) == Sampler::tpe) {
        return first_suggestions(grid, options, seed,
                                 accepted_by(options, grid, defaults, canonical));
    }
    Selection selection;
    if (drawn) {
        selection.trials = *drawn;
        selection.lines.push_back(concat(permutations_text(drawn->size()), drawn_by(options)));
    } else {
        selection.lines.push_back(permutations_text(grid.size()) + " in the grid");
        selection.trials = sample(grid, method_of(options), checked_count(grid, options), seed);
        if (has_limit(options)) {
            selection.lines.push_back(
                concat(count_text(selection.trials.size()), " of them", drawn_by(options)));
        }
    }
    if (const Accepts accepts = accepted_by(options, grid, defaults, canonical)) {
        std::erase_if(selection.trials, std::not_fn(accepts));
        if (selection.trials.empty()) refuse_expression(options);
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
