// SPDX-License-Identifier: Apache-2.0
/// \file
/// Fault injection for tests, always compiled in: MSUNET_FAULT="point:rank:kind[:n]" makes the n-th
/// passage (default: the first) of `point` on `rank` ("*": every rank) fail. Kinds: crash
/// (SIGKILL), exception, hang, suspend (until SIGCONT), full_disk (a FileError with ENOSPC),
/// out_of_memory (std::bad_alloc).
#pragma once

#include <string_view>
#include <utility>

namespace msunet::core {

namespace detail {
extern bool fault_armed;
void pass_fault_point(std::string_view point);
}  // namespace detail

/// A place where a test can make the program fail. Costs one read of a flag otherwise.
inline void fault_point(std::string_view point) {
    if (detail::fault_armed) detail::pass_fault_point(point);
}

/// While one exists no fault point fails or counts, so that steps which only measure do not change
/// which passage is the n-th.
class FaultPause {
public:
    FaultPause() : armed_(std::exchange(detail::fault_armed, false)) {}
    ~FaultPause() { detail::fault_armed = armed_; }
    FaultPause(const FaultPause&) = delete;
    FaultPause& operator=(const FaultPause&) = delete;

private:
    bool armed_;
};

/// Reads MSUNET_FAULT for this rank; call it once MPI has started. Throws UsageError if the
/// variable is malformed.
void arm_faults(int rank);

}  // namespace msunet::core
