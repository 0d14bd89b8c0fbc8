// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether differences over the trials of a cross-validation are more than chance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace msunet::report {

/// The two-sided probability of a t at least as far from 0, with so many degrees of freedom (> 0),
/// by Student's distribution.
[[nodiscard]] double student_probability(double t, double degrees);

/// The corrected resampled t-test (Nadeau & Bengio, 2003, doi:10.1023/A:1024068626366) of paired
/// differences over the trials of a K-fold cross-validation: their mean over the square root of
/// (1/n + 1/(K - 1)) x their variance, with n - 1 degrees of freedom. Trials share most of their
/// scans, so that the plain paired test takes chance for differences. Nothing for n < 2.
[[nodiscard]] std::optional<double> corrected_t_test(std::span<const double> differences,
                                                     std::uint64_t folds);

}  // namespace msunet::report
