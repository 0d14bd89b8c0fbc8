// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/ending.hpp"

#include <gmock/gmock.h>

#include "msunet/record/event.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SweepRecord stopped_by(StopReason reason) {
    SweepRecord record;
    update(record, sample_start());
    update(record, Stopped{reason, 1100});
    return record;
}

TEST(Ending, LimitsOfTheSweepEndIt) {
    for (const auto reason : {StopReason::time_limit, StopReason::performance_target}) {
        const auto record = stopped_by(reason);
        EXPECT_EQ(ended_by_limit(record), reason);
        EXPECT_TRUE(has_ended(record));
    }
    for (const auto reason : {StopReason::signal, StopReason::stop_before, StopReason::error}) {
        const auto record = stopped_by(reason);
        EXPECT_EQ(ended_by_limit(record), std::nullopt);
        EXPECT_FALSE(has_ended(record));
    }
}

TEST(Ending, ALaterStartGoesOn) {
    auto record = stopped_by(StopReason::time_limit);
    update(record, Resumed{{"n1", 5, ""}, sample_world(), 1200});
    EXPECT_FALSE(has_ended(record));
    for (TrialId trial = 0; trial < 6; ++trial) {
        auto result = sample_result(trial);
        update(record, TrialFinished{result, 1300});
    }
    EXPECT_TRUE(has_ended(record));
    EXPECT_FALSE(has_ended(record, true)) << "its refit is left";
}

TEST(Ending, ALimitEndsTheRefit) {
    EXPECT_TRUE(has_ended(stopped_by(StopReason::time_limit), true));
    EXPECT_FALSE(has_ended(stopped_by(StopReason::signal), true));
}

TEST(Ending, AResumeReopensAFinishedSweep) {
    SweepRecord record;
    update(record, sample_start());
    update(record, Finished{1100});
    EXPECT_TRUE(record.finished);
    update(record, Resumed{{"n1", 5, ""}, sample_world(), 1200});
    EXPECT_FALSE(record.finished);
    EXPECT_FALSE(record.starts.front().died);
}

TEST(FailureLines, NameReasonsAndTheRetry) {
    SweepRecord record;
    update(record, sample_start());
    EXPECT_THAT(failure_lines(record), IsEmpty());
    auto result = sample_result(3);
    result.state = TrialState::failed;
    result.reason = "out of memory";
    update(record, TrialFinished{result, 1100});
    EXPECT_THAT(failure_lines(record),
                ElementsAre("1 of 6 trials has failed, --retry_failed runs it again",
                            "trial 3: out of memory"));
    for (const TrialId trial : {0, 1, 2, 4, 5}) {
        result.trial = trial;
        update(record, TrialFinished{result, 1100});
    }
    EXPECT_EQ(failure_lines(record).size(), 7U);
    EXPECT_EQ(failure_lines(record).back(), "… and 1 more (failures.csv)");
}

TEST(FailureLines, NamePermutationAndFold) {
    auto start = sample_start();
    start.shared.clear();
    start.folding = {2, 1};
    start.trials = trials_of_permutations(start.folding, {0, 1});
    SweepRecord record;
    update(record, start);
    auto result = sample_result(3);
    result.state = TrialState::failed;
    result.reason = "out of memory";
    update(record, TrialFinished{result, 1100});
    EXPECT_EQ(failure_lines(record).back(), "trial 3 [permutation 1, fold 2 of 2]: out of memory");
}

}  // namespace
}  // namespace msunet::record
