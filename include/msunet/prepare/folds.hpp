// SPDX-License-Identifier: Apache-2.0
/// \file
/// Folds of a cross-validation: which scans validate in which training. A pure function of the
/// pairs, so that every rank and every later start has the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

/// What a pair is in one training.
enum class PairUse : std::uint8_t { training, validation, none };

/// The fold of each pair in each repeat.
struct FoldPlan {
    std::vector<std::vector<std::int64_t>> fold_of;  ///< by repeat and pair, from 0
    /// By pair: a copy that --write_augmented has made of another pair. It has the fold of its
    /// origin, is not trained on while that validates, and never validates.
    std::vector<bool> is_copy;

    [[nodiscard]] PairUse use_of(std::size_t pair, std::uint64_t fold, std::uint64_t repeat) const;
};

/// Divides the pairs into `folds` for each of `repeats`. The pairs of a subject are in one fold.
/// Subjects are shuffled by seed and repeat and sorted by the number of their pairs, the largest
/// first. Each goes to the fold for which Σ pairs(fold) x pairs(subject) / pairs is least, over all
/// pairs and over those of each modality: where it disturbs the balance least. No fold is empty.
/// Throws core::UsageError with the numbers where there are fewer subjects than folds.
[[nodiscard]] FoldPlan plan_folds(std::span<const Pair> pairs, std::int64_t folds,
                                  std::int64_t repeats, std::uint64_t seed);

}  // namespace msunet::prepare
