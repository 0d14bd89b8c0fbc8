// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/normalise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_volume.hpp"

namespace msunet::imaging {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(Percentile, interpolates_linearly_as_numpy) {
    // numpy.percentile([15, 20, 35, 40, 50], 40) is 29.0.
    EXPECT_DOUBLE_EQ(percentile(std::vector<float>{50, 15, 40, 20, 35}, 40), 29.0);
    EXPECT_DOUBLE_EQ(percentile(std::vector<float>{1, 2, 3, 4}, 99), 3.97);
    EXPECT_DOUBLE_EQ(percentile(std::vector<float>{7}, 99), 7);
    EXPECT_DOUBLE_EQ(percentile(std::vector<float>{1, 3}, 100), 3);
    EXPECT_DOUBLE_EQ(median(std::vector<float>{4, 1, 3, 2}), 2.5);
    EXPECT_DOUBLE_EQ(median(std::vector<float>{9, 1, 3}), 3);
}

TEST(Outliers, become_ten_means_or_the_median) {
    std::vector<float> voxels(999, 1.0F);
    voxels[0] = 0.0F;
    voxels.push_back(1002.0F);  // mean 2, limit 40
    auto fixed = voxels;
    auto report = replace_outliers(voxels, OutlierValue::ten_means);
    EXPECT_FALSE(report.skipped);
    EXPECT_EQ(report.replaced, 1U);
    EXPECT_EQ(voxels.back(), 20.0F);
    replace_outliers(fixed, OutlierValue::median);
    EXPECT_EQ(fixed.back(), 1.0F);
}

TEST(Outliers, stay_in_z_scored_scans) {
    core::RandomStream random(1);
    std::vector<float> voxels(5000);
    for (float& voxel : voxels) voxel = static_cast<float>(random.normal());
    const auto before = voxels;
    EXPECT_TRUE(replace_outliers(voxels, OutlierValue::ten_means).skipped);
    EXPECT_EQ(voxels, before);
}

TEST(ScaleToUnit, ends_at_0_and_1) {
    std::vector<float> voxels{-3, 1, 5};
    scale_to_unit(voxels);
    EXPECT_THAT(voxels, ElementsAre(0.0F, 0.5F, 1.0F));
    std::vector<float> constant{2, 2};
    scale_to_unit(constant);
    EXPECT_THAT(constant, Each(0.0F));
}

TEST(ThresholdMask, compares_in_float32) {
    EXPECT_THAT(threshold_mask(std::vector<float>{0.6F, 0.60001F, 1, 0}), ElementsAre(0, 1, 1, 0));
}

TEST(SelectSlices, drops_dark_slices_and_the_ends_as_asked) {
    core::Volume volume;
    volume.size = {2, 2, 6};
    volume.voxels.assign(24, 0.0F);
    for (const std::size_t z : {0, 1, 3, 5}) volume.at(1, 1, z) = 0.3F;
    volume.at(0, 1, 4) = 0.2F;
    // Brain in slices 0, 3 and 4.
    std::vector<std::uint8_t> mask(24, 0);
    for (const std::size_t z : {0, 3, 4}) mask[4 * z + 1] = 1;
    const auto selected = [&](EndSlices ends) { return select_slices(volume, mask, ends); };
    EXPECT_THAT(selected(EndSlices::keep).kept, ElementsAre(0, 1, 3, 5));
    EXPECT_EQ(selected(EndSlices::keep).dropped, (DroppedSlices{.ends = 0, .dark = 1}));
    EXPECT_THAT(selected(EndSlices::drop).kept, ElementsAre(1, 3));
    EXPECT_EQ(selected(EndSlices::drop).dropped, (DroppedSlices{.ends = 1, .dark = 1}));
    EXPECT_THAT(selected(EndSlices::automatic).kept, ElementsAre(0, 1, 3));
    EXPECT_EQ(selected(EndSlices::automatic).dropped, (DroppedSlices{.ends = 0, .dark = 1}));
    volume.size = {2, 2, 1};
    volume.voxels.assign(4, 1.0F);
    mask.assign(4, 1);
    EXPECT_THAT(selected(EndSlices::drop).kept, ElementsAre());
    EXPECT_EQ(selected(EndSlices::drop).dropped, (DroppedSlices{.ends = 1, .dark = 0}));
    EXPECT_THAT(selected(EndSlices::keep).kept, ElementsAre(0));
}

TEST(NormalisePair, takes_the_data_s_geometry_for_the_mask) {
    core::RandomStream random(2);
    const core::Volume volume = testing::random_volume(random);
    core::Volume mask = testing::random_geometry(random);
    mask.size = volume.size;
    mask.voxels.assign(volume.voxel_count(), 1.0F);
    const NormalisedPair pair =
        normalise_pair(volume, mask, grid_of(volume), OutlierValue::ten_means, EndSlices::keep);
    EXPECT_THAT(pair.mask, Each(1));
    EXPECT_EQ(pair.mask.size(), pair.volume.voxels.size());
    EXPECT_EQ(pair.slices.kept.size(), volume.size[2]);
}

}  // namespace
}  // namespace msunet::imaging
