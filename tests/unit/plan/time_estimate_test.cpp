// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/time_estimate.hpp"

#include <gmock/gmock.h>

#include "msunet/record/event.hpp"

namespace msunet::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST(TimeEstimate, CountsNoTrialsThatASearchLeavesOut) {
    record::SweepStart start;
    start.folding = {2, 1, true};
    start.trials = {0, 1, 2, 3, 4, 5};
    record::SweepRecord record;
    record::update(record, start);
    EXPECT_THAT(trials_left(record, 1, false), ElementsAre(1));
    const auto end = [&](record::TrialId trial, record::TrialState state) {
        record::TrialResult result;
        result.trial = trial;
        result.state = state;
        record::update(record, record::TrialFinished{result, 1});
    };
    end(0, record::TrialState::stopped);
    end(2, record::TrialState::failed);
    end(4, record::TrialState::done);
    for (const bool retry_failed : {false, true}) {
        EXPECT_THAT(trials_left(record, 0, retry_failed), IsEmpty());
        EXPECT_THAT(trials_left(record, 1, retry_failed), IsEmpty());
        EXPECT_THAT(trials_left(record, 4, retry_failed), IsEmpty());
        EXPECT_THAT(trials_left(record, 5, retry_failed), ElementsAre(5));
    }
    EXPECT_THAT(trials_left(record, 3, false), IsEmpty());
    EXPECT_THAT(trials_left(record, 2, true), ElementsAre(2));
    EXPECT_THAT(trials_left(record, 3, true), ElementsAre(3)) << "it waits again";
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
}  // namespace msunet::plan
