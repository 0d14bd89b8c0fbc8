// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/measures.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace msunet::imaging {
namespace {

core::Volume scan_of(std::vector<float> voxels) {
    core::Volume scan;
    scan.size = {2, 2, 1};
    scan.spacing = {0.5, 0.125, 2};
    scan.voxels = std::move(voxels);
    return scan;
}

TEST(Measures, of_a_scan_and_its_mask) {
    const auto found =
        measure(scan_of({0.25F, 0.75F, 0, 1}), std::vector<std::uint8_t>{0, 1, 0, 1});
    EXPECT_DOUBLE_EQ(found.volume_mm3, 0.25);
    EXPECT_DOUBLE_EQ(found.pixel_mm, 0.25);
    EXPECT_DOUBLE_EQ(found.centre_x, (0.25 * 0.25 + 1.75 * 0.75) / 2);
    EXPECT_DOUBLE_EQ(found.centre_y, 0.5);
    EXPECT_DOUBLE_EQ(found.brain, 0.875);
    EXPECT_DOUBLE_EQ(found.surroundings, 0.125);
    EXPECT_DOUBLE_EQ(found.brain_lower, 0);
}

TEST(Measures, say_whether_the_brain_lies_above_or_below_the_signal) {
    const auto scan = scan_of({0.5F, 0.5F, 0.5F, 0.5F});
    EXPECT_DOUBLE_EQ(measure(scan, std::vector<std::uint8_t>{1, 1, 0, 0}).brain_lower, -0.25);
    EXPECT_DOUBLE_EQ(measure(scan, std::vector<std::uint8_t>{0, 0, 1, 1}).brain_lower, 0.25);
}

TEST(Measures, of_empty_and_full_masks_are_numbers) {
    const auto scan = scan_of({0, 0, 0, 0});
    EXPECT_DOUBLE_EQ(measure(scan, std::vector<std::uint8_t>(4, 0)).brain, 0);
    EXPECT_DOUBLE_EQ(measure(scan, std::vector<std::uint8_t>(4, 1)).surroundings, 0);
}

}  // namespace
}  // namespace msunet::imaging
