// SPDX-License-Identifier: Apache-2.0
// Main of the tests without MPI.
#include <gtest/gtest.h>

#include <cstdio>

#include "outcome.hpp"

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    if (testing::GTEST_FLAG(list_tests)) return result;
    auto outcome = msunet::test::outcome_of_run();
    if (result != 0 && outcome.failed == 0) outcome.failed = 1;
    if (outcome.ran == 0) std::fputs("No test ran: that counts as a failure.\n", stderr);
    return msunet::test::exit_code(outcome);
}
