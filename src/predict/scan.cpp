// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
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

/// Reverses the columns of all rows.
void mirror(std::vector<float>& voxels, std::size_t width) {
    for (auto row = voxels.begin(); row != voxels.end();) {
        const auto end = row + static_cast<std::ptrdiff_t>(width);
        std::reverse(row, end);
        row = end;
    }
}

void add_to(std::vector<float>& sum, const std::vector<float>& values) {
    std::ranges::transform(sum, values, sum.begin(), std::plus<>());
}

}  // namespace

std::vector<float> mean_likelihood(std::span<SlicePredictor> models, const core::Volume& slices,
                                   const WindowOptions& options, bool flip,
                                   const std::function<void()>& between_batches) {
    const auto likelihood_of = [&](SlicePredictor& model, const std::vector<float>& voxels) {
        return model.predict(voxels, static_cast<std::uint32_t>(slices.size[1]),
                             static_cast<std::uint32_t>(slices.size[0]), options, between_batches);
    };
    std::vector<float> mirrored;
    if (flip) {
        mirrored = slices.voxels;
        mirror(mirrored, slices.size[0]);
    }
    std::vector<float> sum;
    for (SlicePredictor& model : models) {
        auto likelihood = likelihood_of(model, slices.voxels);
        if (flip) {
            auto of_mirrored = likelihood_of(model, mirrored);
            mirror(of_mirrored, slices.size[0]);
            add_to(likelihood, of_mirrored);
        }
        if (sum.empty()) {
            sum = std::move(likelihood);
        } else {
            add_to(sum, likelihood);
        }
    }
    const std::size_t count = models.size() * (flip ? 2 : 1);
    if (count > 1) {
        for (float& value : sum) value /= static_cast<float>(count);
    }
    return sum;
}

Prediction predict_scan(std::span<SlicePredictor> models, const core::Volume& scan,
                        const ScanOptions& options, const std::function<void()>& between_batches) {
    const imaging::Grid grid = imaging::grid_for(scan, options.preprocess);
    const core::Volume input = imaging::normalise_volume(scan, grid, options.outliers).volume;
    core::Volume likelihood{
        .size = input.size,
        .spacing = input.spacing,
        .origin = input.origin,
        .direction = input.direction,
        .voxels = mean_likelihood(models, input, options.windows, options.flip, between_batches)};
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
