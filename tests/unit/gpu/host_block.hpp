// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace msunet::test {

/// Calls `thread(number)` for the threads 0 … count − 1 of a block in turn, each on a stack of its
/// own. A thread that calls `wait_for_block` goes on once all others have called it too. Throws
/// std::logic_error where some wait while others have ended, which is an error in a kernel.
void run_block(int count, const std::function<void(int number)>& thread);

/// Only in a thread of `run_block`.
void wait_for_block();

}  // namespace msunet::test
