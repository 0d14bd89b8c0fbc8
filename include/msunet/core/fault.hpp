// SPDX-License-Identifier: Apache-2.0
/// \file
/// Fault injection for tests, always compiled in: MSUNET_FAULT="point:rank:kind[:n]" makes the n-th
/// passage (default: the first) of `point` on `rank` ("*": every rank) fail. Kinds: crash
/// (SIGKILL), exception, hang, suspend (until SIGCONT), full_disk (a FileError with ENOSPC),
/// out_of_memory (std::bad_alloc).
#pragma once

#include <string_view>

namespace msunet::core {

namespace detail {
extern bool fault_armed;
void pass_fault_point(std::string_view point);
}  // namespace detail

/// A place where a test can make the program fail. Costs one read of a flag otherwise.
inline void fault_point(std::string_view point) {
    if (detail::fault_armed) detail::pass_fault_point(point);
}

/// Reads MSUNET_FAULT for this rank; call it once MPI has started. Throws UsageError if the
/// variable is malformed.
void arm_faults(int rank);

}  // namespace msunet::core
