// SPDX-License-Identifier: Apache-2.0
// What a whole test program reports to CTest.
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

/// Counts of GoogleTest's run that has just ended.
Outcome outcome_of_run();

/// 0, or `skip_exit_code` if every test was skipped, or 1 if one failed or none ran. A filter or a
/// typo that leaves no test would otherwise pass for good.
int exit_code(const Outcome& outcome);

}  // namespace msunet::test
