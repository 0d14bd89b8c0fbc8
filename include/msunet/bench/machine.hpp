// SPDX-License-Identifier: Apache-2.0
/// \file
/// The limits of a processor, measured.
#pragma once

#include <filesystem>

namespace msunet::bench {

/// Work that was done in some time.
struct Work {
    double amount = 0;
    double seconds = 0;
};

/// Floating-point operations (float32) of multiply-adds in registers, two each, by the widest
/// vector instructions of this processor, on so many threads for at least `seconds`.
[[nodiscard]] Work time_multiply_adds(int threads, double seconds);

/// Bytes of STREAM's triad a = b + s·c, counted as STREAM does (two arrays read, one written), on
/// so many threads for at least `seconds`. `array_bytes`: of each array, over all threads; it
/// should exceed the caches.
[[nodiscard]] Work time_triad(int threads, double seconds, double array_bytes);

/// How many times larger than the caches the arrays of a triad should be, as STREAM asks.
inline constexpr double triad_cache_factor = 4;

/// Bytes of an array for time_triad, over all ranks of a node: triad_cache_factor times the node's
/// last-level caches and at least 64 MiB, but no more than that three arrays take a quarter of the
/// node's free memory. 0: unknown.
[[nodiscard]] double triad_array_bytes(double cache_bytes, double free_bytes);

/// Bytes of the last-level caches of all processors of this node, each cache counted once, from the
/// files in `processors`; 0 where they are unknown.
[[nodiscard]] double last_level_cache_bytes(
    const std::filesystem::path& processors = "/sys/devices/system/cpu");

/// Bytes of memory of this node that this job can have: what the system has for programs, no more
/// than the limit of the job's control groups. From the files of Linux in `root`; 0 where it is
/// unknown.
[[nodiscard]] double free_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace msunet::bench
