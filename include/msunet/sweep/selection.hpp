// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which permutations of a grid are trained: samplers, limits, shards.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/sweep/expression.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/options.hpp"
#include "msunet/sweep/suggester.hpp"

namespace msunet::sweep {

/// Most permutations that a sweep may hold before the expression filters them.
inline constexpr std::uint64_t selection_limit = 1'000'000;

/// `count` distinct indices of the grid, ascending, the same for the same seed; all of them if the
/// grid has no more. Sobol', Halton and Latin hypercube spread over the axes that have more than
/// one value; a permutation that was drawn before is skipped, and what is missing after a
/// bounded number of draws is drawn uniformly. Time and memory depend on `count`, not on the grid.
[[nodiscard]] std::vector<record::TrialId> sample(const ParameterGrid& grid, RandomMethod method,
                                                  std::uint64_t count, std::uint64_t seed);

/// `_shard<i>of<N>`, which the experiment's folder gets.
[[nodiscard]] std::string folder_suffix(const Shard& shard);

/// The permutations to train, and how they were selected.
struct Selection {
    std::vector<record::TrialId> trials;  ///< ascending; with tpe those that it begins with
    std::uint64_t rounds = 0;             ///< with tpe how many it suggests in all, else 0
    std::vector<std::string> lines;       ///< the counts, for the start table

    /// How many permutations are tried.
    [[nodiscard]] std::size_t count() const { return std::max<std::size_t>(rounds, trials.size()); }
};

/// Whether `--boolean_limit` accepts a permutation; empty without it. Refers to the grid.
/// `defaults` and `canonical` as in `select`.
[[nodiscard]] Accepts accepted_by(const SweepOptions& options, const ParameterGrid& grid,
                                  const core::Permutation& defaults = {},
                                  const Expression::Canonical& canonical = {});

/// Applies the limits: sample first (by fraction, else by rounds), then the expression, then the
/// shard. With `Sampler::tpe` the expression is applied to each suggestion, and of these the first,
/// which depend on no result, are selected. `drawn` are the permutations that distributions have
/// drawn (see DrawnGrid), in place of the sample. `defaults` are the values of hyperparameters that
/// the grid doesn't name, so that expressions may use them; `canonical` spells values and the texts
/// that they are compared with. Throws core::UsageError where nothing is left, where more than
/// `selection_limit` permutations would be tried (naming the limits), and for bad options.
[[nodiscard]] Selection select(const ParameterGrid& grid, const SweepOptions& options,
                               std::uint64_t seed, const core::Permutation& defaults = {},
                               const Expression::Canonical& canonical = {},
                               const std::optional<std::vector<record::TrialId>>& drawn = {});

}  // namespace msunet::sweep
