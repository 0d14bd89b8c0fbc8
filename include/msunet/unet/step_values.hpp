// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a training step depends on: permutations that agree in it draw the same random numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "msunet/core/permutation.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {

/// The hyperparameters that change a step, under the keys of the grid, defaults filled in and
/// spelled canonically: all but `epochs`, `early_stopping`, `restore_best` and `pca_only`. Those
/// without effect are left out: modality and weight factor where no sample weighs more than
/// another, the patch size unless patches are fixed (`fixed_patches`), online augmentation if it is
/// none.
[[nodiscard]] core::Permutation step_values(const Hyperparameters& hyperparameters,
                                            bool fixed_patches);

/// `step_values` as text, and `epochs` where the learning rate depends on it: one training serves
/// all permutations that agree in it. They differ in nothing but where it ends, or not at all.
[[nodiscard]] std::string training_values(const Hyperparameters& hyperparameters,
                                          bool fixed_patches);

/// A hash of `step_values` (FNV-1a, 64 bit), for core::derive_seed: with the seed it determines
/// order of samples and dropout, so that a permutation trained alone equals itself in any sweep.
/// `fold`: names fold and repeat of a training, whose streams differ from those of others.
[[nodiscard]] std::uint64_t stream_key(const Hyperparameters& hyperparameters, bool fixed_patches,
                                       std::string_view fold = {});

/// A value of one key as `to_permutation` spells it ('adam' is 'Adam', 1 is 1.0 for `lr`); `value`
/// itself where it isn't valid for this key.
[[nodiscard]] core::Value canonical_value(std::string_view key, const core::Value& value);

}  // namespace msunet::unet
