// SPDX-License-Identifier: Apache-2.0
// The result of a test program for CTest.
#pragma once

namespace msunet::test {

/// Tests of one program, or of all its ranks together.
struct Outcome {
    int ran = 0;
    int skipped = 0;
    int failed = 0;
};

/// Exit code that CTest knows as "skipped".
inline constexpr int skip_exit_code = 77;

/// The counts of GoogleTest's last run.
Outcome outcome_of_run();

/// 0, or `skip_exit_code` if every test was skipped, or 1 if a test failed or none ran: a filter or
/// a typo that leaves no test must not count as success.
int exit_code(const Outcome& outcome);

}  // namespace msunet::test
