// SPDX-License-Identifier: Apache-2.0
#include "outcome.hpp"

#include <gtest/gtest.h>

namespace msunet::test {

Outcome outcome_of_run() {
    const auto& all = *testing::UnitTest::GetInstance();
    return {
        .ran = all.test_to_run_count(),
        .skipped = all.skipped_test_count(),
        .failed = all.failed_test_count(),
    };
}

int exit_code(const Outcome& outcome) {
    if (outcome.failed > 0 || outcome.ran == 0) return 1;
    return outcome.skipped == outcome.ran ? skip_exit_code : 0;
}

}  // namespace msunet::test
