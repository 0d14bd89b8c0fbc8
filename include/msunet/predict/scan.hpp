// SPDX-License-Identifier: Apache-2.0
/// A whole scan: through preprocessing and network, and back onto its own grid.
#pragma once

#include <functional>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/predict/slice_predictor.hpp"

namespace msunet::predict {

/// A voxel is brain where its likelihood is above this.
inline constexpr float likelihood_threshold = 0.5F;

/// How a scan becomes the network's input.
struct ScanOptions {
    imaging::PreprocessOptions preprocess;
    imaging::OutlierValue outliers = imaging::OutlierValue::ten_means;
    WindowOptions windows;
};

/// What the network says of a scan, on the scan's own grid.
struct Prediction {
    core::Volume likelihood;
    core::Volume mask;  ///< 0 or 1
};

/// Every slice of `scan`, normalised as in training, through the network. `between_batches` is
/// called after every batch.
Prediction predict_scan(
    SlicePredictor& predictor, const core::Volume& scan, const ScanOptions& options,
    const std::function<void()>& between_batches = [] {});

/// A likelihood on another grid as likelihood and mask on the voxels of `scan`.
Prediction back_onto(const core::Volume& scan, const core::Volume& likelihood);

/// `scan` where `mask` is 1, else 0. Sizes are equal.
core::Volume brain_of(const core::Volume& scan, const core::Volume& mask);

}  // namespace msunet::predict
