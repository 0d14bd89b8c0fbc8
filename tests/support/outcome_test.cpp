// SPDX-License-Identifier: Apache-2.0
#include "outcome.hpp"

#include <gtest/gtest.h>

namespace {

using msunet::test::exit_code;
using msunet::test::skip_exit_code;

TEST(ExitCode, IsSuccessWhereTestsRanAndNoneFailed) {
    EXPECT_EQ(exit_code({.ran = 3, .skipped = 0, .failed = 0}), 0);
    EXPECT_EQ(exit_code({.ran = 3, .skipped = 2, .failed = 0}), 0);
}

TEST(ExitCode, IsSkipOnlyWhereAllWereSkipped) {
    EXPECT_EQ(exit_code({.ran = 2, .skipped = 2, .failed = 0}), skip_exit_code);
}

TEST(ExitCode, IsFailureWhereOneFailedOrNoneRan) {
    EXPECT_EQ(exit_code({.ran = 3, .skipped = 2, .failed = 1}), 1);
    EXPECT_EQ(exit_code({.ran = 0, .skipped = 0, .failed = 0}), 1);
}

}  // namespace
