// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan.hpp"

#include <algorithm>

#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/resample.hpp"

namespace msunet::predict {

Prediction back_onto(const core::Volume& scan, const core::Volume& likelihood) {
    Prediction prediction{.likelihood = imaging::resample_like(likelihood, scan), .mask = {}};
    prediction.mask = prediction.likelihood;
    std::ranges::transform(prediction.mask.voxels, prediction.mask.voxels.begin(),
                           [](float value) { return value > likelihood_threshold ? 1.0F : 0.0F; });
    return prediction;
}

Prediction predict_scan(SlicePredictor& predictor, const core::Volume& scan,
                        const ScanOptions& options, const std::function<void()>& between_batches) {
    const imaging::Grid grid = imaging::grid_for(scan, options.preprocess);
    core::Volume volume = imaging::normalise_volume(scan, grid, options.outliers).volume;
    volume.voxels = predictor.predict(volume.voxels, static_cast<std::uint32_t>(volume.size[1]),
                                      static_cast<std::uint32_t>(volume.size[0]), options.windows,
                                      between_batches);
    return back_onto(scan, volume);
}

core::Volume brain_of(const core::Volume& scan, const core::Volume& mask) {
    core::Volume brain = scan;
    for (std::size_t i = 0; i < brain.voxels.size(); ++i) {
        if (mask.voxels[i] == 0) brain.voxels[i] = 0;
    }
    return brain;
}

}  // namespace msunet::predict
