// SPDX-License-Identifier: Apache-2.0
#pragma once

// Process-wide settings of libtorch and of memory, without libtorch's headers.

#include <cstdint>

namespace msunet::model {

/// Threads of libtorch's and our own parallel loops. Call it before the first network is made.
void set_threads(int threads);

/// Keeps freed large blocks in the process: a training step allocates and frees the same few
/// hundred megabytes, and fresh pages cost more than the arithmetic on them.
void keep_freed_memory();

/// Gives freed memory back to the operating system; between trials.
void release_memory();

/// Bytes of this process in memory now, shared ones included; 0 where the system doesn't tell.
[[nodiscard]] std::int64_t resident_memory();

}  // namespace msunet::model
