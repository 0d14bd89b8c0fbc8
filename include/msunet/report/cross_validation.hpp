// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cross-validation: the spread of each permutation over its trials, and which permutations
/// can't be told from the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// Two permutations differ if the probability of at least this difference, were they equal, is
/// below this.
inline constexpr double significance = 0.05;

/// The two-sided probability of a t at least as far from 0, with so many degrees of freedom (> 0),
/// by Student's distribution.
[[nodiscard]] double student_probability(double t, double degrees);

/// The corrected resampled t-test (Nadeau & Bengio, 2003, doi:10.1023/A:1024068626366) of paired
/// differences over the trials of a K-fold cross-validation: their mean over the square root of
/// (1/n + 1/(K - 1)) x their variance, with n - 1 degrees of freedom. Trials share most of their
/// scans, so that the plain paired test takes chance for differences. Nothing for n < 2.
[[nodiscard]] std::optional<double> corrected_t_test(std::span<const double> differences,
                                                     std::uint64_t folds);

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

/// folds.csv: a row for each trial that has ended: permutation, repeat and fold (from 1), trial,
/// state, epochs, the metrics of the summary, Dice by modality. Empty without folds.
[[nodiscard]] std::string folds_csv(const Sweep& sweep);

}  // namespace msunet::report
