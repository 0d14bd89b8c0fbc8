// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dice and Jaccard of a batch from its sums. No torch here.
#pragma once

namespace msunet::model {

/// Keras's epsilon.
inline constexpr double metric_epsilon = 1e-7;

/// Sums over all pixels of a global batch, and over its samples.
struct BatchSums {
    double weighted_loss = 0;  ///< Σ w·loss
    double loss = 0;           ///< Σ loss
    double intersection = 0;   ///< Σ t·p
    double truth = 0;          ///< Σ t
    double prediction = 0;     ///< Σ p
};

/// (2·I + ε) / (T + P + ε).
[[nodiscard]] constexpr double dice_coef(const BatchSums& s) {
    return (2 * s.intersection + metric_epsilon) / (s.truth + s.prediction + metric_epsilon);
}

/// (I + ε) / (T + P − I + ε).
[[nodiscard]] constexpr double jaccard_similarity(const BatchSums& s) {
    return (s.intersection + metric_epsilon) /
           (s.truth + s.prediction - s.intersection + metric_epsilon);
}

}  // namespace msunet::model
