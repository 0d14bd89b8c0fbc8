// SPDX-License-Identifier: Apache-2.0
/// \file
/// Batches that are augmented while they are cut.
#pragma once

#include <cstdint>
#include <span>

#include "msunet/core/augmentation_level.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {

/// How a trial's samples are augmented.
struct OnlineAugmentation {
    core::AugmentationLevel level = core::AugmentationLevel::none;
    bool mirrors = true;    ///< columns run from the animal's left to its right, or back
    std::uint64_t key = 0;  ///< see augmentation_key
};

/// The key of a stream of a sweep with this seed; `stream`: see unet::stream_key.
[[nodiscard]] std::uint64_t augmentation_key(std::uint64_t seed, std::uint64_t stream);

/// As `cut_batch` into `x` and `y`, neither of which is null, with what is drawn for each sample
/// from (key, epoch, sample id): the same on any number of ranks and in any order. Masks stay 0 or
/// 1. Voxels are read from the whole slice, so that a window that is turned has corners.
void cut_augmented_batch(const Dataset& dataset, const PatchIndex& index,
                         std::span<const std::uint32_t> samples,
                         const OnlineAugmentation& augmentation, std::uint64_t epoch, float* x,
                         float* y);

}  // namespace msunet::data
