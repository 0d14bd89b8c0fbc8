// SPDX-License-Identifier: Apache-2.0
/// \file
/// Prediction of a whole scan: preprocessing, network, resampling to the scan's own grid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/clean.hpp"
#include "msunet/imaging/measures.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/predict/options.hpp"
#include "msunet/predict/slice_predictor.hpp"

namespace msunet::predict {

/// How a scan becomes the network's input.
struct ScanOptions {
    imaging::PreprocessOptions preprocess;
    imaging::OutlierValue outliers = imaging::OutlierValue::ten_means;
    WindowOptions windows;
    bool flip = false;       ///< the mean over slices and their mirror images, columns reversed
    double threshold = 0.5;  ///< a voxel is brain where its likelihood is above this
    Clean clean = Clean::none;
};

/// The network's answer for a scan, on the scan's own grid.
struct Prediction {
    core::Volume likelihood;
    core::Volume mask;                 ///< 0 or 1
    imaging::ScanMeasures measures{};  ///< of the network's input within the mask, cleaned alike
    std::optional<imaging::Cleaning>
        cleaning{};  ///< nullopt: the mask is as the threshold makes it
};

/// Normalised slices (width, height, count) → the mean of their likelihoods over `models`, at least
/// one, of the same shape. With `flip` each model's likelihood is the mean over a slice and its
/// mirror image. `between_batches` is called after every batch.
[[nodiscard]] std::vector<float> mean_likelihood(
    std::span<SlicePredictor> models, const core::Volume& slices, const WindowOptions& options,
    bool flip, const std::function<void()>& between_batches = [] {});

/// Passes every slice of `scan`, normalised as in training, through the networks of `models`, at
/// least one, and takes the mean of their likelihoods. `between_batches` is called after every
/// batch.
[[nodiscard]] Prediction predict_scan(
    std::span<SlicePredictor> models, const core::Volume& scan, const ScanOptions& options,
    const std::function<void()>& between_batches = [] {});

/// 1 where the likelihood is above the threshold, else 0.
[[nodiscard]] std::vector<std::uint8_t> above(std::span<const float> likelihood, double threshold);

/// Resamples a likelihood on another grid to the voxels of `scan`, with the mask that follows,
/// without measures.
[[nodiscard]] Prediction back_onto(const core::Volume& scan, const core::Volume& likelihood,
                                   double threshold = 0.5);

/// Replaces the mask by what `clean` makes of it.
void clean_mask(Prediction& prediction, Clean clean);

/// `scan` where `mask` is 1, else 0. Sizes are equal.
[[nodiscard]] core::Volume brain_of(const core::Volume& scan, const core::Volume& mask);

}  // namespace msunet::predict
