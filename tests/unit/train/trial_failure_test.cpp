// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/trial_failure.hpp"

#include <gtest/gtest.h>

#include <new>

namespace msunet::train {
namespace {

TEST(TrialFailure, NamesTheRankWhereOneAloneFailed) {
    EXPECT_STREQ(TrialFailure("broken").what(), "broken");
    const TrialFailure failure("broken", 2);
    EXPECT_STREQ(failure.what(), "broken (rank 2 of the group)");
    EXPECT_EQ(failure.reason(), "broken");
    EXPECT_EQ(failure.rank(), 2);
}

TEST(RunOnAll, ThrowsWhatThePartThrew) {
    const auto group = comm::Communicator::self_without_mpi();
    int runs = 0;
    run_on_all(group, [&] { ++runs; });
    EXPECT_EQ(runs, 1);
    try {
        run_on_all(group, [] { throw std::runtime_error("broken"); });
        FAIL() << "nothing was thrown";
    } catch (const TrialFailure& failure) {
        EXPECT_EQ(failure.reason(), "broken");
        EXPECT_FALSE(failure.rank());
    }
}

}  // namespace
}  // namespace msunet::train
