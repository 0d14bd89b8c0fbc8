// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "msunet/bench/machine.hpp"

namespace msunet::bench {

/// Runs `prepare(thread)` on each thread, then, all at the same time, `work(thread)`, which returns
/// an amount, again and again for at least `seconds`. Returns the sum of the amounts and the time
/// of the slowest thread.
[[nodiscard]] Work run_threads(int threads, double seconds, const std::function<void(int)>& prepare,
                               const std::function<double(int)>& work);

}  // namespace msunet::bench
