// SPDX-License-Identifier: Apache-2.0
/// \file
/// Artificial samples: what a step costs without reading data.
#pragma once

#include <cstdint>

#include "msunet/data/dataset.hpp"

namespace msunet::app {

/// `samples` slices of height x width pixels: discs in noise, the same on every rank.
data::Dataset dummy_samples(std::int64_t samples, std::int64_t height, std::int64_t width);

}  // namespace msunet::app
