// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options that are allowed and have little or no effect: what they do instead of what was meant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/options.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::settings {

/// Share of the training scans that get an augmented copy in the random scheme: a scan is chosen
/// with the probability --augmentation_threshold, each enabled operation is applied to it with one
/// minus that, and a copy without any operation is none.
[[nodiscard]] double augmented_share(const imaging::AugmentOptions& options);

/// A warning where --augmentation_threshold is so near to 0 or 1 that few scans are augmented.
[[nodiscard]] std::optional<std::string> rare_augmentation(const imaging::AugmentOptions& options);

/// Warnings about options of a search that are given without one.
[[nodiscard]] std::vector<std::string> useless_search(const sweep::SweepOptions& options);

/// Warnings about weights in the loss that change nothing: of a modality that no training pair has,
/// a factor without a modality, a modality with the factor 1. `training`: modalities of the
/// training pairs.
[[nodiscard]] std::vector<std::string> useless_weights(const record::GridLists& grid,
                                                       const unet::Hyperparameters& defaults,
                                                       const std::vector<core::Modality>& training);

}  // namespace msunet::settings
