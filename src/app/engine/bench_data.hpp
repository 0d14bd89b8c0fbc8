// SPDX-License-Identifier: Apache-2.0
/// \file
/// What timed steps train on: artificial samples, whose steps cost no reading of data.
#pragma once

#include <cstdint>

#include "../bench_settings.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::app {

/// `samples` slices of height x width pixels: discs in noise, the same on every rank.
data::Dataset dummy_samples(std::int64_t samples, std::int64_t height, std::int64_t width);

/// Of the steps that are timed.
unet::Hyperparameters bench_hyperparameters(const BenchOptions& options);

}  // namespace msunet::app
