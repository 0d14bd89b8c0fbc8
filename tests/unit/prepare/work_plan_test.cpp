// SPDX-License-Identifier: Apache-2.0
#include "prepare/work_plan.hpp"

#include <gtest/gtest.h>

namespace msunet::prepare {
namespace {

TEST(WorkPlan, EqualisationIsTheDearestOperation) {
    PairGeometry geometry;
    geometry.before.size = {80, 80, 17};
    geometry.after.size = {64, 64, 17};
    imaging::AugmentedCopy rotated;
    rotated.rotation.emplace();
    imaging::AugmentedCopy equalised;
    equalised.contrast.emplace();
    EXPECT_GT(cost_of(geometry, equalised), cost_of(geometry, rotated));
    // A copy is made of voxels that are in memory: it costs more than resampling them.
    EXPECT_GT(cost_of(geometry, rotated), cost_of(geometry));
}

}  // namespace
}  // namespace msunet::prepare
