// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/training_scans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace msunet::predict {
namespace {

using core::Modality;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

imaging::ScanMeasures usual() {
    return {.volume_mm3 = 1700,
            .pixel_mm = 0.3,
            .centre_x = 0.5,
            .centre_y = 0.48,
            .brain = 0.3,
            .surroundings = 0.08,
            .brain_lower = -0.04};
}

std::vector<ModalityScans> training() {
    auto larger = usual();
    larger.volume_mm3 = 1900;
    auto anatomical = usual();
    anatomical.volume_mm3 = 500;
    return ranges_of(std::vector<MeasuredScan>{
        {Modality::fmri, usual()}, {Modality::anatomical, anatomical}, {Modality::fmri, larger}});
}

TEST(TrainingScans, HaveARangeByModality) {
    const auto ranges = training();
    ASSERT_EQ(ranges.size(), 2U);
    EXPECT_EQ(ranges[1].modality, Modality::fmri);
    EXPECT_EQ(ranges[1].scans, 2);
    EXPECT_EQ(ranges[1].ranges.at("volume_mm3").low, 1700);
    EXPECT_EQ(ranges[1].ranges.at("volume_mm3").high, 1900);
}

TEST(TrainingScans, OfSeveralModelsAreJoined) {
    auto smaller = usual();
    smaller.volume_mm3 = 1400;
    const std::vector<std::vector<ModalityScans>> models{
        training(), {}, ranges_of(std::vector<MeasuredScan>{{Modality::fmri, smaller}})};
    const auto joined = joined_ranges(models);
    ASSERT_EQ(joined.size(), 2U);
    EXPECT_EQ(joined[0].modality, Modality::anatomical);
    EXPECT_EQ(joined[1].scans, 2);
    EXPECT_EQ(joined[1].ranges.at("volume_mm3").low, 1400);
    EXPECT_EQ(joined[1].ranges.at("volume_mm3").high, 1900);
    EXPECT_THAT(joined_ranges({}), IsEmpty());
}

TEST(UnlikeTraining, IsWhatLiesOutsideOfTheRangeAndItsTolerance) {
    auto scan = usual();
    EXPECT_THAT(unlike_training(scan, Modality::fmri, training()), IsEmpty());
    scan.volume_mm3 = 1300;
    EXPECT_THAT(unlike_training(scan, Modality::fmri, training()), IsEmpty());
    scan.volume_mm3 = 850;
    scan.centre_x = 0.7;
    scan.pixel_mm = 0.6;
    EXPECT_THAT(
        unlike_training(scan, Modality::fmri, training()),
        ElementsAre("volume 850 mm³, in training 1700 to 1900",
                    "pixels of 0.600 mm, in training 0.300", HasSubstr("centred across at 0.70")));
    scan = usual();
    scan.brain_lower = 0.01;
    scan.surroundings = 0.2;
    EXPECT_THAT(unlike_training(scan, Modality::fmri, training()),
                ElementsAre(HasSubstr("outside of the mask 0.200"), HasSubstr("upside down?")));
    scan.brain_lower = scan.surroundings = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(unlike_training(scan, Modality::fmri, training()), IsEmpty());
}

TEST(UnlikeTraining, AsksWhetherAScanIsUpsideDownOnlyOnTheOtherSideOfTheCentre) {
    const auto text = [](double value, double low, double high) {
        auto first = usual();
        auto last = usual();
        auto scan = usual();
        first.brain_lower = low;
        last.brain_lower = high;
        scan.brain_lower = value;
        const auto found = unlike_training(
            scan, Modality::fmri,
            ranges_of(std::vector<MeasuredScan>{{Modality::fmri, first}, {Modality::fmri, last}}));
        return found.size() == 1 ? found.front() : "";
    };
    EXPECT_EQ(text(-0.055, -0.12, -0.071),
              "brain 0.055 above the signal's centre, in training 0.071 to 0.120");
    EXPECT_EQ(text(-0.055, -0.071, -0.071),
              "brain 0.055 above the signal's centre, in training 0.071");
    EXPECT_EQ(text(0.055, 0.1, 0.12),
              "brain 0.055 below the signal's centre, in training 0.100 to 0.120");
    EXPECT_EQ(text(0.01, -0.12, -0.071),
              "upside down? brain 0.010 below the signal's centre, in training 0.071 to 0.120 "
              "above");
    EXPECT_EQ(text(-0.01, 0.1, 0.12),
              "upside down? brain 0.010 above the signal's centre, in training 0.100 to 0.120 "
              "below");
    EXPECT_EQ(text(0.09, -0.02, 0.03),
              "brain 0.090 below the signal's centre, in training 0.020 above to 0.030 below");
}

TEST(UnlikeTraining, DependsOnTheModality) {
    auto scan = usual();
    EXPECT_THAT(unlike_training(scan, Modality::anatomical, training()),
                ElementsAre(HasSubstr("volume 1700")));
    EXPECT_THAT(unlike_training(scan, Modality::dti, training()),
                ElementsAre("no training scan is dti"));
    EXPECT_THAT(unlike_training(scan, std::nullopt, training()), IsEmpty());
    scan.volume_mm3 = 900;
    EXPECT_THAT(unlike_training(scan, std::nullopt, training()).size(), 1U);
    EXPECT_THAT(unlike_training(scan, Modality::dti, {}), IsEmpty());
}

}  // namespace
}  // namespace msunet::predict
