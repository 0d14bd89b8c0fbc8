// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan.hpp"

#include <algorithm>
#include <utility>

#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/resample.hpp"

namespace msunet::predict {

std::vector<std::uint8_t> above(std::span<const float> likelihood, double threshold) {
    std::vector<std::uint8_t> mask(likelihood.size());
    std::ranges::transform(likelihood, mask.begin(), [threshold](float value) {
        return static_cast<std::uint8_t>(value > static_cast<float>(threshold) ? 1 : 0);
    });
    return mask;
}

Prediction back_onto(const core::Volume& scan, const core::Volume& likelihood, double threshold) {
    Prediction prediction{.likelihood = imaging::resample_like(likelihood, scan), .mask = {}};
    prediction.mask = prediction.likelihood;
    std::ranges::copy(above(prediction.likelihood.voxels, threshold),
                      prediction.mask.voxels.begin());
    return prediction;
}

void clean_mask(Prediction& prediction, Clean clean) {
    if (clean == Clean::none) return;
    prediction.cleaning = imaging::keep_largest_without_holes(prediction.mask);
}

namespace {

/// The mask on the network's grid, which `likelihood` becomes.
std::vector<std::uint8_t> seen_mask(core::Volume likelihood, const ScanOptions& options) {
    auto mask = above(likelihood.voxels, options.threshold);
    if (options.clean == Clean::none) return mask;
    std::ranges::copy(mask, likelihood.voxels.begin());
    imaging::keep_largest_without_holes(likelihood);
    return above(likelihood.voxels, 0.5);
}

}  // namespace

Prediction predict_scan(SlicePredictor& predictor, const core::Volume& scan,
                        const ScanOptions& options, const std::function<void()>& between_batches) {
    const imaging::Grid grid = imaging::grid_for(scan, options.preprocess);
    const core::Volume input = imaging::normalise_volume(scan, grid, options.outliers).volume;
    core::Volume likelihood = input;
    likelihood.voxels = predictor.predict(input.voxels, static_cast<std::uint32_t>(input.size[1]),
                                          static_cast<std::uint32_t>(input.size[0]),
                                          options.windows, between_batches);
    auto prediction = back_onto(scan, likelihood, options.threshold);
    clean_mask(prediction, options.clean);
    prediction.measures = imaging::measure(input, seen_mask(std::move(likelihood), options));
    return prediction;
}

core::Volume brain_of(const core::Volume& scan, const core::Volume& mask) {
    core::Volume brain = scan;
    for (std::size_t i = 0; i < brain.voxels.size(); ++i) {
        if (mask.voxels[i] == 0) brain.voxels[i] = 0;
    }
    return brain;
}

}  // namespace msunet::predict
