// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/mask_facts.hpp"

#include <algorithm>

#include "msunet/core/text.hpp"
#include "msunet/imaging/components.hpp"
#include "msunet/model/metrics.hpp"

namespace msunet::predict {
namespace {

constexpr double whole_share = 0.95;

bool touches_border(const core::Volume& mask) {
    const auto [width, height, depth] = mask.size;
    for (std::size_t z = 0; z < depth; ++z) {
        for (std::size_t x = 0; x < width; ++x) {
            if (mask.at(x, 0, z) != 0 || mask.at(x, height - 1, z) != 0) return true;
        }
        for (std::size_t y = 0; y < height; ++y) {
            if (mask.at(0, y, z) != 0 || mask.at(width - 1, y, z) != 0) return true;
        }
    }
    return false;
}

}  // namespace

MaskFacts facts_of(const core::Volume& mask) {
    MaskFacts facts;
    facts.voxels = static_cast<std::size_t>(
        std::ranges::count_if(mask.voxels, [](float voxel) { return voxel != 0; }));
    facts.volume_mm3 =
        static_cast<double>(facts.voxels) * mask.spacing[0] * mask.spacing[1] * mask.spacing[2];
    const imaging::Components components = imaging::components_of(mask);
    facts.components = components.count;
    if (facts.voxels > 0) {
        facts.largest_share =
            static_cast<double>(components.largest) / static_cast<double>(facts.voxels);
    }
    facts.touches_border = touches_border(mask);
    return facts;
}

std::vector<std::string> doubts_about(const MaskFacts& facts) {
    if (facts.voxels == 0) return {"empty"};
    std::vector<std::string> doubts;
    if (facts.touches_border) doubts.emplace_back("touches the border");
    if (facts.largest_share < whole_share) {
        doubts.push_back(core::concat("in ", facts.components, " pieces"));
    }
    return doubts;
}

double dice(const core::Volume& reference, const core::Volume& mask) {
    model::BatchSums sums;
    for (std::size_t i = 0; i < mask.voxels.size(); ++i) {
        const double truth = reference.voxels[i];
        const double prediction = mask.voxels[i];
        sums.intersection += truth * prediction;
        sums.truth += truth;
        sums.prediction += prediction;
    }
    return model::dice_coef(sums);
}

}  // namespace msunet::predict
