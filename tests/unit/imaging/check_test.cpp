// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace msunet::imaging {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

core::Volume line(std::vector<float> voxels) {
    core::Volume volume;
    volume.size = {voxels.size(), 1, 1};
    volume.voxels = std::move(voxels);
    return volume;
}

TEST(MakeBinary, takes_0_1_and_0_255) {
    core::Volume ones = line({0, 1, 1, 0});
    EXPECT_FALSE(make_binary(ones));
    EXPECT_THAT(ones.voxels, ElementsAre(0, 1, 1, 0));
    core::Volume many = line({0, 255, 255, 0});
    EXPECT_FALSE(make_binary(many));
    EXPECT_THAT(many.voxels, ElementsAre(0, 1, 1, 0));
    core::Volume none = line({0, 0});
    EXPECT_FALSE(make_binary(none));
}

TEST(MakeBinary, takes_values_within_a_thousandth) {
    core::Volume soft = line({0.0009F, -0.0005F, 0.9991F, 1.0004F});
    EXPECT_FALSE(make_binary(soft));
    EXPECT_THAT(soft.voxels, ::testing::ElementsAre(0, 0, 1, 1));
    core::Volume other = line({0, 0.002F, 1});
    EXPECT_THAT(*make_binary(other), HasSubstr("0.002"));
}

TEST(ImplausibleSpacing, names_the_likely_factor) {
    const auto reason = [](const std::array<double, 3>& spacing) {
        core::Volume volume;
        volume.spacing = spacing;
        return implausible_spacing(volume).value_or("");
    };
    EXPECT_EQ(reason({0.08, 0.08, 0.76}), "");
    EXPECT_EQ(reason({0.005, 0.005, 5}), "");
    EXPECT_THAT(reason({0.8, 0.8, 7.6}), HasSubstr("likely it is 10 times too large"));
    EXPECT_THAT(reason({80, 80, 500}),
                HasSubstr("80 x 80 x 500 mm is no rodent's (0.005 to 5 mm are expected), likely it "
                          "is 1000 times too large (its unit"));
    EXPECT_THAT(reason({1e-4, 1e-4, 5e-4}), HasSubstr("1000 times too small"));
    EXPECT_THAT(reason({1e-4, 0.1, 7}), HasSubstr("check pixdim"));
}

TEST(MakeBinary, reports_other_values) {
    core::Volume labels = line({0, 1, 2, 3});
    const auto values = make_binary(labels);
    ASSERT_TRUE(values);
    EXPECT_EQ(*values, "values 0, 1, 2, 3");
    EXPECT_THAT(labels.voxels, ElementsAre(0, 1, 2, 3));
    core::Volume mixed = line({0, 1, 255});
    EXPECT_TRUE(make_binary(mixed));
    core::Volume soft = line({0, 0.5F, 1});
    EXPECT_THAT(*make_binary(soft), HasSubstr("0.5"));
    core::Volume nan = line({0, std::numeric_limits<float>::quiet_NaN(), 1});
    EXPECT_THAT(*make_binary(nan), HasSubstr("1 NaN"));
    std::vector<float> ramp(40);
    for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<float>(i);
    core::Volume many = line(ramp);
    EXPECT_EQ(*make_binary(many), "values 0, 1, 2, 3, 4, 5, ... (40 in all)");
}

TEST(Unusable, names_nan_infinite_and_constant_volumes) {
    EXPECT_FALSE(unusable(line({1, 2})));
    EXPECT_THAT(*unusable(line({1, std::numeric_limits<float>::infinity(),
                                std::numeric_limits<float>::quiet_NaN()})),
                HasSubstr("2 of its 3 voxels"));
    EXPECT_THAT(*unusable(line({3, 3, 3})), HasSubstr("all its voxels are 3.0"));
}

TEST(ImplausibleMask, names_empty_full_and_inverted_masks) {
    core::Volume mask;
    mask.size = {5, 4, 2};
    mask.voxels.assign(40, 0.0F);
    EXPECT_THAT(*implausible_mask(mask), HasSubstr("empty"));
    for (std::size_t x = 1; x < 4; ++x) mask.at(x, 1, 0) = mask.at(x, 2, 1) = 1;
    EXPECT_FALSE(implausible_mask(mask));
    EXPECT_EQ(voxels_at_border(mask), 0U);
    for (float& voxel : mask.voxels) voxel = 1 - voxel;
    EXPECT_THAT(*implausible_mask(mask), HasSubstr("inverted"));
    EXPECT_EQ(voxels_at_border(mask), 28U);
    // A brain that is cut by one side.
    mask.voxels.assign(40, 0.0F);
    for (std::size_t x = 0; x < 5; ++x) mask.at(x, 3, 0) = 1;
    EXPECT_FALSE(implausible_mask(mask));
    EXPECT_EQ(voxels_at_border(mask), 5U);
    mask.voxels.assign(40, 1.0F);
    EXPECT_THAT(*implausible_mask(mask), HasSubstr("no background"));
}

TEST(SliceAxis, is_expected_to_have_the_largest_spacing) {
    core::Volume scan = line({1, 2, 3});
    scan.spacing = {0.1, 0.5, 0.1};
    EXPECT_FALSE(implausible_slice_axis(scan, SliceAxis::second));
    EXPECT_THAT(*implausible_slice_axis(scan, SliceAxis::third),
                HasSubstr("longest along axis 2, but slices are cut along axis 3 (--slice_axis 2"));
    scan.spacing = {0.1, 0.14, 0.1};
    EXPECT_FALSE(implausible_slice_axis(scan, SliceAxis::third));
}

TEST(Difference, of_sizes) {
    const core::Volume a = line({1, 2, 3});
    core::Volume b = a;
    EXPECT_FALSE(size_difference(a, b));
    b.size = {3, 1, 2};
    EXPECT_EQ(*size_difference(a, b), "3x1x1 against 3x1x2");
}

}  // namespace
}  // namespace msunet::imaging
