// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fault injection for tests, always compiled in: MSUNET_FAULT="point:rank:kind[:n]" makes the n-th
// passage (default the first) of `point` on `rank` ("*": every rank) fail. Kinds: crash (the
// process is killed), exception, hang, suspend (until SIGCONT), full_disk (a FileError with
// ENOSPC), out_of_memory (std::bad_alloc).

#include <string_view>

namespace msunet::core {

namespace detail {
extern bool fault_armed;
void pass_fault_point(std::string_view point);
}  // namespace detail

/// Place where a test may make the program fail. Costs one read of a flag when unset.
inline void fault_point(std::string_view point) {
    if (detail::fault_armed) detail::pass_fault_point(point);
}

/// Reads MSUNET_FAULT and remembers this process's rank. Call it once, after MPI has started.
/// Throws UsageError where the variable can't be read.
void arm_faults(int rank);

}  // namespace msunet::core
