// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cuts a batch of samples from the slices when it is needed.
#pragma once

#include <cstdint>
#include <span>

#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {

/// Writes n = samples.size() patches as float32 (n, padded_height, padded_width), zero-padded at
/// the bottom and right: voxels into `x`, masks (0 or 1) into `y`. A null pointer skips that
/// output.
void cut_batch(const Dataset& dataset, const PatchIndex& index,
               std::span<const std::uint32_t> samples, float* x, float* y);

}  // namespace msunet::data
