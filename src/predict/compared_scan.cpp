// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/compared_scan.hpp"

#include <algorithm>
#include <utility>

#include "msunet/imaging/surface_distance.hpp"
#include "msunet/predict/mask_facts.hpp"

namespace msunet::predict {

report::ScanDice compared_scan(std::string scan, std::optional<core::Modality> modality,
                               const core::Volume& reference, const core::Volume& mask,
                               std::optional<double> tolerance) {
    const double limit = tolerance.value_or(std::max(mask.spacing[0], mask.spacing[1]));
    const auto distances = imaging::surface_distances(reference, mask);
    return {.scan = std::move(scan),
            .modality = modality,
            .dice = dice(reference, mask),
            .hausdorff95 = imaging::hausdorff95(distances),
            .surface_dice = imaging::surface_dice(distances, limit),
            .tolerance = limit};
}

}  // namespace msunet::predict
