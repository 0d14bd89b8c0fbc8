// SPDX-License-Identifier: Apache-2.0
#include "app/engine/time_estimate.hpp"

#include <gtest/gtest.h>

namespace msunet::app {
namespace {

prepare::SurveyedPair pair(std::size_t width, std::size_t height, bool validation) {
    prepare::SurveyedPair surveyed;
    surveyed.pair.validation = validation;
    surveyed.after.size = {width, height, 20};
    return surveyed;
}

TEST(TimeEstimate, CountsThePatchesOfTheSlicesThatAreKept) {
    prepare::Survey survey;
    survey.pairs = {pair(64, 64, false), pair(64, 80, false), pair(64, 64, true)};
    survey.slices = {10, 8, 5};
    // Windows of half a slice at a quarter: three rows and three columns.
    const data::PatchSpec spec{.fraction = 0.5, .stride_fraction = 0.25};
    auto counts = count_samples(survey, spec);
    EXPECT_EQ(counts.training, 9U * 18);
    EXPECT_EQ(counts.validation, 9U * 5);
    EXPECT_EQ(counts.width, 32);
    EXPECT_EQ(counts.height, 64);
    // An augmented copy has as many as the mean training pair.
    survey.copies = 1;
    counts = count_samples(survey, spec);
    EXPECT_EQ(counts.training, 9U * 27);
}

TEST(TimeEstimate, TimesFewSamplesOfLargeBatches) {
    EXPECT_EQ(timed_samples(16, 64 * 64, 1), 4);
    EXPECT_EQ(timed_samples(16, 64 * 64, 8), 16) << "a whole batch";
    EXPECT_EQ(timed_samples(128, 512 * 512, 1), 1) << "one, however large";
}

TEST(TimeEstimate, SizesThatWereNotTimedAreScaledFromTheNearest) {
    const StepSpeeds speeds{{{4, 64, 64}, {1.0, 0.25}}, {{1, 256, 256}, {32.0, 8.0}}};
    EXPECT_DOUBLE_EQ(speed_of(speeds, {4, 64, 64}).training, 1);
    EXPECT_DOUBLE_EQ(speed_of(speeds, {4, 64, 96}).training, 1.5);
    EXPECT_DOUBLE_EQ(speed_of(speeds, {1, 256, 128}).inference, 4);
}

TEST(TimeEstimate, IsNoMoreExactThanItCanBe) {
    EXPECT_EQ(rough_duration(0.2), "1 s");
    EXPECT_EQ(rough_duration(16.4), "16 s");
    EXPECT_EQ(rough_duration(59.7), "1 min 00 s");
    EXPECT_EQ(rough_duration(163.2), "2 min 40 s");
    EXPECT_EQ(rough_duration(5030), "1 h 24 min");
}

TEST(TimeEstimate, GroupsShareTrialsAsTheSchedulerDoes) {
    EXPECT_DOUBLE_EQ(makespan({1, 1, 1}, 1), 3);
    EXPECT_DOUBLE_EQ(makespan({1, 1, 1}, 2), 2) << "a last round of one trial";
    EXPECT_DOUBLE_EQ(makespan({1, 1, 10}, 2), 10) << "the longest first";
    EXPECT_DOUBLE_EQ(makespan({3}, 8), 3);
}

}  // namespace
}  // namespace msunet::app
