// SPDX-License-Identifier: Apache-2.0
#include "prepare/work_plan.hpp"

namespace msunet::prepare {

namespace {

double voxels(const imaging::Grid& grid) {
    return static_cast<double>(grid.size[0]) * static_cast<double>(grid.size[1]) *
           static_cast<double>(grid.size[2]);
}

}  // namespace

// Roughly nanoseconds on one core: only their ratios matter.

double cost_of(const PairGeometry& geometry) {
    return geometry.reading_cost + 150 * voxels(geometry.after);
}

double cost_of(const PairGeometry& geometry, const imaging::AugmentedCopy& copy) {
    double each = 0;
    if (copy.rotation) each += 150;
    if (copy.affine) each += 150;
    if (copy.noise) each += 60;
    if (copy.contrast) each += 900;
    return cost_of(geometry) + each * voxels(geometry.before);
}

}  // namespace msunet::prepare
