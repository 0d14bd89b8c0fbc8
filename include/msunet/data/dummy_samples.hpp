// SPDX-License-Identifier: Apache-2.0
/// \file
/// Artificial samples, whose steps cost no reading of data.
#pragma once

#include <cstdint>

#include "msunet/data/dataset.hpp"

namespace msunet::data {

/// `samples` slices of height x width pixels: discs in noise, the same on every rank.
[[nodiscard]] Dataset dummy_samples(std::int64_t samples, std::int64_t height, std::int64_t width);

}  // namespace msunet::data
