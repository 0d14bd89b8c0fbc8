// SPDX-License-Identifier: Apache-2.0
// Cleaning and surface distances against SciPy's results, and where masks are empty.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "msunet/imaging/clean.hpp"
#include "msunet/imaging/surface_distance.hpp"
#include "support/npy.hpp"
#include "support/reference.hpp"

namespace msunet::imaging {
namespace {

core::Volume mask_of(const test::NpyArray& array, const std::vector<double>& spacing) {
    core::Volume mask;
    for (std::size_t i = 0; i < 3; ++i) {
        mask.size[i] = static_cast<std::size_t>(array.shape[2 - i]);
        mask.spacing[i] = spacing[2 - i];
    }
    mask.voxels.assign(array.values.begin(), array.values.end());
    return mask;
}

core::Volume cube(std::size_t from, std::size_t to) {
    core::Volume mask;
    mask.size = {9, 9, 9};
    mask.spacing = {0.1, 0.2, 0.5};
    mask.voxels.assign(mask.voxel_count(), 0.0F);
    for (std::size_t z = from; z < to; ++z) {
        for (std::size_t y = from; y < to; ++y) {
            for (std::size_t x = from; x < to; ++x) mask.at(x, y, z) = 1;
        }
    }
    return mask;
}

TEST(Masks, AreMeasuredAndCleanedAsByScipy) {
    const auto arrays = test::read_npz(test::reference("masks.npz"));
    for (int i = 0; i < 5; ++i) {
        SCOPED_TRACE(i);
        const auto of = [&](const std::string& name) {
            return arrays.at(std::to_string(i) + "_" + name);
        };
        const auto spacing = of("spacing").values;
        const auto reference = mask_of(of("reference"), spacing);
        const auto mask = mask_of(of("mask"), spacing);
        const auto distances = surface_distances(reference, mask);
        EXPECT_NEAR(hausdorff95(distances).value(), of("hausdorff95").values[0], 1e-6);
        EXPECT_NEAR(surface_dice(distances, of("tolerance").values[0]),
                    of("surface_dice").values[0], 1e-9);
        auto cleaned = mask;
        keep_largest_without_holes(cleaned);
        EXPECT_EQ(cleaned.voxels, mask_of(of("cleaned"), spacing).voxels);
        EXPECT_EQ(cleaned.spacing, mask.spacing);
    }
}

TEST(SurfaceDistance, IsInMillimetresAndSymmetric) {
    auto shifted = cube(2, 6);
    std::ranges::fill(shifted.voxels, 0.0F);
    const auto reference = cube(2, 6);
    for (std::size_t i = 0; i + 2 < shifted.voxels.size(); ++i) {
        shifted.voxels[i + 2] = reference.voxels[i];
    }
    const auto there = surface_distances(reference, shifted);
    EXPECT_EQ(there.from_mask.size(), 4U * 4 * 4 - 2 * 2 * 2);
    EXPECT_NEAR(hausdorff95(there).value(), 0.2, 1e-6) << "two voxels of 0.1 mm along x";
    EXPECT_DOUBLE_EQ(surface_dice(there, 0.2), 1);
    EXPECT_LT(surface_dice(there, 0.19), 1);
    const auto back = surface_distances(shifted, reference);
    EXPECT_DOUBLE_EQ(hausdorff95(back).value(), hausdorff95(there).value());
    EXPECT_DOUBLE_EQ(surface_dice(back, 0.1), surface_dice(there, 0.1));
}

TEST(SurfaceDistance, OfEqualMasksIsZeroUpToTheBordersOfTheVolume) {
    for (const auto& mask : {cube(3, 5), cube(0, 9), cube(4, 5)}) {
        const auto distances = surface_distances(mask, mask);
        EXPECT_EQ(hausdorff95(distances), 0);
        EXPECT_EQ(surface_dice(distances, 0.001), 1);
    }
}

TEST(SurfaceDistance, OfEmptyMasks) {
    const auto empty = cube(0, 0);
    const auto both = surface_distances(empty, empty);
    EXPECT_EQ(hausdorff95(both), 0);
    EXPECT_EQ(surface_dice(both, 1), 1);
    for (const auto& one :
         {surface_distances(empty, cube(2, 5)), surface_distances(cube(2, 5), empty)}) {
        EXPECT_EQ(hausdorff95(one), std::nullopt);
        EXPECT_EQ(surface_dice(one, 1e9), 0);
    }
}

TEST(Cleaning, KeepsTheLargestPieceAndFillsItsHoles) {
    auto mask = cube(2, 7);
    mask.at(4, 4, 4) = 0;
    mask.at(0, 0, 0) = mask.at(8, 8, 8) = 1;
    const auto cleaned = keep_largest_without_holes(mask);
    EXPECT_EQ(mask.voxels, cube(2, 7).voxels);
    EXPECT_EQ(cleaned.pieces, 2U);
    EXPECT_EQ(cleaned.removed, 2U);
    EXPECT_EQ(cleaned.filled, 1U);
}

TEST(Cleaning, LeavesATunnelToTheBorderOpen) {
    auto mask = cube(0, 9);
    for (std::size_t z = 0; z < 5; ++z) mask.at(4, 4, z) = 0;
    const auto before = mask.voxels;
    const auto cleaned = keep_largest_without_holes(mask);
    EXPECT_EQ(mask.voxels, before);
    EXPECT_EQ(cleaned.filled, 0U);
}

TEST(Cleaning, OfAnEmptyMaskIsEmpty) {
    auto mask = cube(0, 0);
    const auto cleaned = keep_largest_without_holes(mask);
    EXPECT_EQ(mask.voxels, cube(0, 0).voxels);
    EXPECT_EQ(cleaned.pieces + cleaned.removed + cleaned.filled, 0U);
}

}  // namespace
}  // namespace msunet::imaging
