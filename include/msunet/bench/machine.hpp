// SPDX-License-Identifier: Apache-2.0
/// \file
/// The limits of a processor, measured.
#pragma once

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

/// Bytes of an array for time_triad that exceeds the last-level cache where `ranks` ranks of a node
/// measure at the same time: 4 times the cache by the ranks, between 16 and 256 MiB.
[[nodiscard]] double triad_array_bytes(int ranks);

}  // namespace msunet::bench
