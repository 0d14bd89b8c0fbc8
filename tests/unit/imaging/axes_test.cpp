// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/axes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "random_volume.hpp"

namespace msunet::imaging {
namespace {

AxisMap random_map(core::RandomStream& random) {
    AxisMap map;
    for (auto swaps = random.below(6); swaps > 0; --swaps) std::ranges::next_permutation(map.axis);
    for (bool& flipped : map.flipped) flipped = random.chance(0.5);
    return map;
}

/// `volume` a step of a voxel further along an axis.
core::Volume shifted(core::Volume volume, std::size_t axis, double voxels) {
    for (std::size_t row = 0; row < 3; ++row) {
        volume.origin[row] += volume.direction[3 * row + axis] * volume.spacing[axis] * voxels;
    }
    return volume;
}

TEST(Axes, a_reordered_volume_has_the_same_values_at_the_same_places) {
    core::RandomStream random(1);
    for (int round = 0; round < 20; ++round) {
        const core::Volume volume = testing::random_volume(random);
        const AxisMap map = random_map(random);
        const core::Volume other = reordered(volume, map);
        for (int sample = 0; sample < 20; ++sample) {
            std::array<std::size_t, 3> at{};
            std::array<std::size_t, 3> there{};
            for (std::size_t axis = 0; axis < 3; ++axis) {
                at[axis] = random.below(static_cast<std::uint32_t>(other.size[axis]));
                there[map.axis[axis]] =
                    map.flipped[axis] ? other.size[axis] - 1 - at[axis] : at[axis];
            }
            EXPECT_EQ(other.at(at[0], at[1], at[2]), volume.at(there[0], there[1], there[2]));
            const auto place = [](const core::Volume& in, const std::array<std::size_t, 3>& i) {
                return testing::place_of(in, {static_cast<double>(i[0]), static_cast<double>(i[1]),
                                              static_cast<double>(i[2])});
            };
            EXPECT_THAT(place(other, at),
                        ::testing::Pointwise(::testing::DoubleNear(1e-9), place(volume, there)));
        }
    }
}

TEST(Axes, other_orders_are_found_and_undone_without_loss) {
    core::RandomStream random(2);
    for (int round = 0; round < 100; ++round) {
        const core::Volume scan = testing::random_volume(random);
        const AxisMap map = random_map(random);
        const core::Volume mask = shifted(reordered(scan, map), 1, 0.4);
        const auto order = order_like(mask, scan);
        ASSERT_TRUE(order) << round;
        EXPECT_EQ(order->is_identity(), map.is_identity());
        const core::Volume back = reordered(mask, *order);
        EXPECT_EQ(back.size, scan.size);
        EXPECT_EQ(back.voxels, scan.voxels);
    }
}

TEST(Axes, the_slices_of_a_file_lie_along_z) {
    core::RandomStream random(5);
    const core::Volume file = testing::random_volume(random);
    for (const SliceAxis axis : {SliceAxis::first, SliceAxis::second, SliceAxis::third}) {
        const AxisMap map = slices_last(axis);
        EXPECT_EQ(reordered(file, map).size[2], file.size[static_cast<std::size_t>(axis) - 1]);
        EXPECT_EQ(reordered(file, map).at(0, 1, 0),
                  axis == SliceAxis::third ? file.at(0, 1, 0) : file.at(0, 0, 1));
    }
    for (int round = 0; round < 50; ++round) {
        const AxisMap map = random_map(random);
        const core::Volume back = reordered(reordered(file, map), inverse(map));
        EXPECT_EQ(back.size, file.size);
        EXPECT_EQ(back.voxels, file.voxels);
        EXPECT_THAT(back.origin, ::testing::Pointwise(::testing::DoubleNear(1e-9), file.origin));
    }
}

TEST(Axes, other_places_have_no_order) {
    core::RandomStream random(3);
    const core::Volume scan = testing::random_volume(random);
    const core::Volume moved = shifted(scan, 1, 0.6);
    EXPECT_FALSE(order_like(moved, scan));
    EXPECT_THAT(place_difference(moved, scan), ::testing::MatchesRegex("its centre is .* mm away"));
    core::Volume coarse = scan;
    coarse.spacing[0] *= 2;
    EXPECT_FALSE(order_like(coarse, scan));
    EXPECT_THAT(place_difference(coarse, scan), ::testing::StartsWith("its voxels are "));
    core::Volume turned = scan;
    turned.direction = testing::random_direction(random);
    EXPECT_FALSE(order_like(turned, scan));
    EXPECT_THAT(place_difference(turned, scan), ::testing::HasSubstr(" degrees"));
    core::Volume unplaced = scan;
    unplaced.origin = core::Volume{}.origin;
    unplaced.direction = core::Volume{}.direction;
    EXPECT_FALSE(order_like(unplaced, scan));
    EXPECT_EQ(place_difference(unplaced, scan),
              "the mask's header has no place: origin 0, axes not turned");
    EXPECT_EQ(place_difference(scan, unplaced),
              "the scan's header has no place: origin 0, axes not turned");
}

TEST(Axes, orders_in_words) {
    core::Volume scan;
    scan.direction = {1, 0, 0, 0, 0, 1, 0, -1, 0};
    EXPECT_EQ(order_text({.flipped = {true, false, false}}, scan), "mirrored left-right");
    EXPECT_EQ(order_text({.flipped = {false, true, true}}, scan),
              "mirrored top-bottom (superior-inferior) and front-back "
              "(anterior-posterior)");
    EXPECT_EQ(order_text({.axis = {1, 0, 2}, .flipped = {}}, scan),
              "stored with other axes (y, x, z for x, y, z)");
    EXPECT_EQ(order_text({.axis = {2, 0, 1}, .flipped = {true, false, false}}, scan),
              "mirrored left-right and stored with other axes (z, x, y for x, y, z)");
}

TEST(Axes, the_mask_that_looks_like_brain_is_preferred) {
    core::RandomStream random(4);
    core::Volume scan;
    scan.size = {12, 8, 4};
    core::Volume mask = scan;
    for (std::size_t i = 0; i < scan.voxel_count(); ++i) {
        const std::size_t x = i % 12;
        const bool brain = x >= 1 && x < 7;
        mask.voxels.push_back(brain ? 1.0F : 0.0F);
        scan.voxels.push_back(static_cast<float>((brain ? 500 : 200) + random.uniform(0, 100)));
    }
    const core::Volume mirrored = reordered(mask, {.flipped = {true, false, false}});
    EXPECT_GT(preference(scan, mask, mirrored), 0.9);
    EXPECT_LT(preference(scan, mirrored, mask), -0.9);
    EXPECT_EQ(preference(scan, mask, mask), 0);
    for (float& voxel : scan.voxels) voxel = 700 - voxel;  // dark brain
    EXPECT_GT(preference(scan, mask, mirrored), 0.9);
    for (float& voxel : scan.voxels) voxel = static_cast<float>(random.uniform());
    EXPECT_LT(std::abs(preference(scan, mask, mirrored)), decided_preference);
}

}  // namespace
}  // namespace msunet::imaging
