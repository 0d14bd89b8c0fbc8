// SPDX-License-Identifier: Apache-2.0
/// \file
/// Process-wide settings of libtorch and of memory, without libtorch's headers.
#pragma once

#include <cstdint>

namespace msunet::model {

/// Sets the number of threads of libtorch's and our own parallel loops. Call it before the first
/// network is made.
void set_threads(int threads);

/// Keeps large freed blocks in the process: every training step allocates and frees the same few
/// hundred megabytes, and new pages cost more than the arithmetic on them.
void keep_freed_memory();

/// Returns freed memory to the operating system; for use between trials.
void release_memory();

/// The resident memory of this process in bytes, including shared memory; 0 if unknown.
[[nodiscard]] std::int64_t resident_memory();

}  // namespace msunet::model
