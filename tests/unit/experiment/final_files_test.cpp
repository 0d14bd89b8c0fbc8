// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/final_files.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

#include "msunet/record/event.hpp"

namespace msunet::experiment {
namespace {

record::SweepRecord record_of(std::initializer_list<record::TrialState> states) {
    record::SweepStart start;
    start.metric = "dice_coef";
    record::TrialId trial = 0;
    while (trial < states.size()) {
        start.grid["n"].emplace_back(static_cast<std::int64_t>(trial));
        start.trials.push_back(trial++);
    }
    record::SweepRecord record;
    update(record, start);
    trial = 0;
    for (const auto state : states) {
        record::TrialResult result;
        result.trial = trial++;
        result.state = state;
        update(record, record::TrialFinished{result, 1});
    }
    return record;
}

TEST(ExitCodeOf, OnlyAFailedTrialIsAFailure) {
    using enum record::TrialState;
    EXPECT_EQ(exit_code_of(record_of({done, pca})), core::ExitCode::ok);
    EXPECT_EQ(exit_code_of(record_of({done, failed})), core::ExitCode::trials_failed);
    EXPECT_EQ(exit_code_of(record_of({stopped, stopped})), core::ExitCode::ok)
        << "the budget of a search has ended before any trial was trained to its end";
}

}  // namespace
}  // namespace msunet::experiment
