// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/mask_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/predict/shown_slices.hpp"

namespace msunet::predict {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

core::Volume empty_mask() {
    core::Volume mask;
    mask.size = {8, 8, 6};
    mask.spacing = {0.5, 0.5, 2};
    mask.voxels.assign(mask.voxel_count(), 0.0F);
    return mask;
}

void fill(core::Volume& mask, std::size_t from, std::size_t to) {
    for (std::size_t z = from; z < to; ++z) {
        for (std::size_t y = from; y < to; ++y) {
            for (std::size_t x = from; x < to; ++x) mask.at(x, y, z) = 1;
        }
    }
}

TEST(MaskFacts, OfACubeInsideTheScan) {
    auto mask = empty_mask();
    fill(mask, 2, 5);
    const auto facts = facts_of(mask);
    EXPECT_DOUBLE_EQ(facts.volume_mm3, 27 * 0.5);
    EXPECT_EQ(facts.components, 1U);
    EXPECT_DOUBLE_EQ(facts.largest_share, 1);
    EXPECT_FALSE(facts.touches_border);
    EXPECT_THAT(flags_of(facts), IsEmpty());
}

TEST(MaskFacts, OfAnEmptyMask) {
    const auto facts = facts_of(empty_mask());
    EXPECT_EQ(facts.components, 0U);
    EXPECT_THAT(flags_of(facts), ElementsAre("empty"));
}

TEST(MaskFacts, CountPiecesThatTouchAtACornerAsOne) {
    auto mask = empty_mask();
    mask.at(2, 2, 2) = mask.at(3, 3, 3) = 1;
    EXPECT_EQ(facts_of(mask).components, 1U);
    mask.at(6, 6, 3) = 1;
    const auto facts = facts_of(mask);
    EXPECT_EQ(facts.components, 2U);
    EXPECT_DOUBLE_EQ(facts.largest_share, 2.0 / 3);
    EXPECT_THAT(flags_of(facts), testing::Contains("in 2 pieces"));
}

TEST(MaskFacts, OfAMaskAtTheEdgeOfASliceButNotOfTheScan) {
    auto mask = empty_mask();
    mask.at(7, 3, 2) = 1;
    EXPECT_THAT(flags_of(facts_of(mask)), ElementsAre("touches the border"));
    mask = empty_mask();
    mask.at(3, 0, 2) = 1;
    EXPECT_TRUE(facts_of(mask).touches_border);
    mask = empty_mask();
    mask.at(3, 3, 0) = mask.at(3, 3, 5) = 1;
    EXPECT_FALSE(facts_of(mask).touches_border);
    mask.size = {64, 64, 6};
    mask.voxels.assign(mask.voxel_count(), 0.0F);
    fill(mask, 1, 6);
    mask.at(0, 3, 2) = 1;
    EXPECT_TRUE(facts_of(mask).touches_border);
    for (std::size_t z = 0; z < 6; ++z) {
        for (std::size_t y = 1; y < 63; ++y) {
            for (std::size_t x = 1; x < 63; ++x) mask.at(x, y, z) = 1;
        }
    }
    EXPECT_FALSE(facts_of(mask).touches_border) << "one voxel of many";
}

TEST(MaskFacts, OfAMaskThatCoversEverything) {
    auto mask = empty_mask();
    mask.voxels.assign(mask.voxel_count(), 1.0F);
    EXPECT_THAT(flags_of(facts_of(mask)), ElementsAre("covers the whole volume"));
}

TEST(MaskFacts, OfSlicesThatDoNotFollowEachOther) {
    auto mask = empty_mask();
    const auto square = [&](std::size_t z, std::size_t from, std::size_t to) {
        for (std::size_t y = from; y < to; ++y) {
            for (std::size_t x = from; x < to; ++x) mask.at(x, y, z) = 1;
        }
    };
    for (const std::size_t z : {1, 2, 4}) square(z, 1, 5);
    square(3, 4, 7);
    EXPECT_THAT(flags_of(facts_of(mask)), ElementsAre("jumps between slices 3 and 4"));
    mask = empty_mask();
    for (const std::size_t z : {1, 2, 4}) square(z, 1, 5);
    EXPECT_EQ(facts_of(mask).jump, 3U) << "slice 4 is left out";
    for (std::size_t i = 0; i < 64; ++i) mask.voxels[4 * 64 + i] = 0;
    EXPECT_FALSE(facts_of(mask).jump) << "a mask may begin and end with a large slice";
}

TEST(RunMasks, FarFromTheirModalitysMedianAreTold) {
    using core::Modality;
    std::vector<RunMask> masks(5, {.modality = Modality::fmri, .volume_mm3 = 1700});
    masks.push_back({.modality = Modality::fmri, .volume_mm3 = 800});
    masks.push_back({.modality = Modality::anatomical, .volume_mm3 = 500});
    masks.push_back({.modality = Modality::anatomical, .volume_mm3 = 1500});
    const auto texts = far_from_median(masks);
    ASSERT_EQ(texts.size(), 8U);
    EXPECT_EQ(texts[5], "volume 800 mm³, median of fmri in this run 1700");
    for (const std::size_t i : {0, 4, 6, 7}) EXPECT_EQ(texts[i], "") << i;
}

TEST(FlagOfCleaning, IsThereAboveFivePerCent) {
    EXPECT_EQ(flag_of_cleaning(5, 100), std::nullopt);
    EXPECT_EQ(flag_of_cleaning(6, 100), "cleaning changed 6 % of it");
    EXPECT_EQ(flag_of_cleaning(0, 0), std::nullopt);
}

TEST(Dice, IsTrainingsFormula) {
    auto mask = empty_mask();
    EXPECT_DOUBLE_EQ(dice(mask, mask), 1);
    auto reference = mask;
    mask.at(1, 1, 1) = mask.at(2, 1, 1) = 1;
    reference.at(2, 1, 1) = 1;
    EXPECT_NEAR(dice(reference, mask), 2.0 / 3, 1e-7);
}

TEST(ShownSlices, AreSpreadOverTheBrain) {
    auto mask = empty_mask();
    EXPECT_THAT(shown_slices(mask, 3), ElementsAre(1, 3, 5));
    mask.at(0, 0, 2) = mask.at(0, 0, 4) = 1;
    EXPECT_THAT(shown_slices(mask, 2), ElementsAre(2, 4));
    EXPECT_THAT(shown_slices(mask, 9), ElementsAre(2, 3, 4));
}

TEST(ShownSlices, ShowAChangeIfThereIsOne) {
    auto changed = empty_mask();
    EXPECT_THAT(with_a_change({1, 3, 5}, changed), ElementsAre(1, 3, 5));
    changed.at(1, 1, 2) = changed.at(1, 1, 4) = changed.at(2, 1, 4) = 1;
    EXPECT_THAT(with_a_change({0, 1, 5}, changed), ElementsAre(0, 1, 4));
    EXPECT_THAT(with_a_change({1, 2, 5}, changed), ElementsAre(1, 2, 5));
}

TEST(ShownSlices, OfAConstantScanAreBlack) { EXPECT_THAT(gray_of(empty_mask()), testing::Each(0)); }

}  // namespace
}  // namespace msunet::predict
