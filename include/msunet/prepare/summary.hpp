// SPDX-License-Identifier: Apache-2.0
/// \file
/// Counts of the data set for the start table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "msunet/core/modality.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::prepare {

/// Counts of one modality, or of all.
struct Counts {
    std::size_t training_pairs = 0, validation_pairs = 0, copies = 0;
    std::size_t training_slices = 0, validation_slices = 0;    ///< copies included
    std::size_t training_samples = 0, validation_samples = 0;  ///< copies included
};

/// The counts that the start table shows.
struct DataSummary {
    std::array<Counts, core::modality_count> by_modality{};  ///< indexed by core::Modality
    Counts total;
    std::uint64_t bytes = 0;  ///< voxels and masks, once a node
};

/// Counts pairs and slices, and with `index` samples.
[[nodiscard]] DataSummary summarise(const data::Dataset& dataset,
                                    const data::PatchIndex* index = nullptr);

}  // namespace msunet::prepare
