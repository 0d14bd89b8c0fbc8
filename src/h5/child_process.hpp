// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace msunet::h5 {

/// How a child process ended.
struct ChildOutcome {
    int exit_code = 0;  ///< where it ended by itself
    int signal = 0;     ///< that killed it, else 0
    bool timed_out = false;
    std::string errors;  ///< its stderr, the first 64 kB
};

/// Runs a program (arguments[0] is its path) and waits, at most `limit`; then it is killed. Throws
/// `core::Error` if it can't be started.
ChildOutcome run_child(const std::vector<std::string>& arguments, std::chrono::milliseconds limit);

}  // namespace msunet::h5
