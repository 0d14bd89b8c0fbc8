// SPDX-License-Identifier: Apache-2.0
#pragma once

// Process-wide settings of libtorch, without its headers.

namespace msunet::model {

/// Threads of libtorch's and our own parallel loops. Call it before the first network is made.
void set_threads(int threads);

/// Keeps freed large blocks in the process: a training step allocates and frees the same few
/// hundred megabytes, and fresh pages cost more than the arithmetic on them.
void keep_freed_memory();

/// Gives freed memory back to the operating system; between trials.
void release_memory();

}  // namespace msunet::model
