// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/useless_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace msunet::settings {
namespace {

using core::Modality;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

imaging::AugmentOptions threshold(double value) {
    imaging::AugmentOptions options;
    options.augmentation_threshold = value;
    return options;
}

TEST(UselessOptions, AThresholdNearAnEndAugmentsFewScans) {
    EXPECT_DOUBLE_EQ(augmented_share(threshold(0.5)), 0.5 * (1 - 0.0625));
    for (const double fine : {0.25, 0.5, 0.67, 0.9}) {
        EXPECT_FALSE(rare_augmentation(threshold(fine))) << fine;
    }
    EXPECT_THAT(rare_augmentation(threshold(0.95)).value_or(""),
                HasSubstr("about 18 % of the training scans (the chance is at*(1-at^4), at most "
                          "53 % at 0.67)"));
    EXPECT_TRUE(rare_augmentation(threshold(0.05)));
    EXPECT_TRUE(rare_augmentation(threshold(0)));
    auto off = threshold(0);
    off.enable_augmentation = false;
    EXPECT_FALSE(rare_augmentation(off));
    off.enable_augmentation = true;
    off.in_place_augmentation = false;
    EXPECT_FALSE(rare_augmentation(off));
}

TEST(UselessOptions, WeightsOfNothingAreNamed) {
    unet::Hyperparameters values;
    const std::vector<Modality> training{Modality::fmri, Modality::anatomical, Modality::fmri};
    EXPECT_THAT(useless_weights({}, values, training), IsEmpty());
    values.weight_factor = 2;
    EXPECT_THAT(useless_weights({}, values, training),
                ElementsAre(HasSubstr("weight_factor has no effect without")));
    values.modality_weight = Modality::fmri;
    EXPECT_THAT(useless_weights({}, values, training), IsEmpty());
    values.modality_weight = Modality::dti;
    EXPECT_THAT(useless_weights({}, values, training),
                ElementsAre(HasSubstr("modality_weight dti has no effect: no training pair is of "
                                      "this modality, only anatomical, fmri")));
    values.modality_weight = Modality::fmri;
    values.weight_factor = 1;
    EXPECT_THAT(useless_weights({}, values, training), ElementsAre(HasSubstr("weight_factor 1")));
    // The grid's values count, not those that it replaces.
    const record::GridLists grid{{"weight_factor", {core::Value(1.0), core::Value(3.0)}}};
    EXPECT_THAT(useless_weights(grid, values, training), IsEmpty());
}

}  // namespace
}  // namespace msunet::settings
