// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cross-validation: the spread of each permutation over its trials, and which permutations
/// can't be told from the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// Two permutations differ if the probability of at least this difference, were they equal, is
/// below this.
inline constexpr double significance = 0.05;

/// A permutation's metric over its trials.
struct FoldSpread {
    record::TrialId permutation = 0;
    std::size_t trials = 0;  ///< that have the metric
    double mean = 0;
    double deviation = 0;               ///< standard deviation, n - 1; 0 for one trial
    std::optional<double> probability;  ///< of `corrected_t_test` against the best; not of the best
    bool is_equal = false;              ///< the best, or can't be told from it
    std::int64_t epochs = 0;            ///< of all its trials
    double seconds = 0;                 ///< likewise
};

/// The permutations with the metric, best first.
[[nodiscard]] std::vector<FoldSpread> fold_spreads(const Sweep& sweep);

/// Those that are the best or can't be told from it, the cheapest first: of fewest epochs (the
/// network is the same for all), then of the shortest time.
[[nodiscard]] std::vector<FoldSpread> equal_permutations(const std::vector<FoldSpread>& spreads);

/// "0.9312 ± 0.0123".
[[nodiscard]] std::string spread_text(const FoldSpread& spread);

}  // namespace msunet::report
