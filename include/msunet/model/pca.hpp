// SPDX-License-Identifier: Apache-2.0
/// \file
/// Principal components of the bottleneck's features.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace msunet::model {

/// Cumulative explained variance ratio of the first min(300, samples − 1) components of `features`
/// (samples, width) row-major, by scikit-learn's definition with the exact solver, computed in
/// double. At least 2 samples; throws core::InputError otherwise. All zeros where nothing varies.
[[nodiscard]] std::vector<double> pca_cumulative_variance(std::span<const float> features,
                                                          std::int64_t samples, std::int64_t width);

}  // namespace msunet::model
