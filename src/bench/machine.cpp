// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/machine.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "bench/multiply_adds.hpp"
#include "bench/threads.hpp"

namespace msunet::bench {

namespace {

MultiplyAdds widest_multiply_adds() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") != 0) return multiply_adds_avx512;
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
        return multiply_adds_avx2;
    }
#endif
    return multiply_adds_baseline;
}

}  // namespace

Work time_multiply_adds(int threads, double seconds) {
    const auto multiply_adds = widest_multiply_adds();
    // Values that the compiler can't know; the sums converge to one.
    volatile float factor = 0.5F;
    volatile float term = 0.5F;
    // So far from each other that threads share no line of a cache.
    constexpr std::size_t apart = 64;
    std::vector<float> sums(static_cast<std::size_t>(threads) * apart);
    const auto work = [&](int thread) {
        return multiply_adds(factor, term, &sums[static_cast<std::size_t>(thread) * apart]);
    };
    return run_threads(threads, seconds, work, work);
}

Work time_triad(int threads, double seconds, double array_bytes) {
    const auto count = static_cast<std::size_t>(array_bytes / sizeof(double) / threads);
    struct Arrays {
        std::vector<double> a, b, c;
    };
    std::vector<Arrays> of_thread(static_cast<std::size_t>(threads));
    // Each thread touches its own arrays first, so that they lie in memory near it.
    const auto fill = [&](int thread) {
        auto& mine = of_thread[static_cast<std::size_t>(thread)];
        mine.a.assign(count, 0.0);
        mine.b.assign(count, 1.0);
        mine.c.assign(count, 2.0);
    };
    volatile double scale = 3.0;
    const auto work = [&](int thread) {
        auto& mine = of_thread[static_cast<std::size_t>(thread)];
        double* a = mine.a.data();
        const double* b = mine.b.data();
        const double* c = mine.c.data();
        const double s = scale;
        for (std::size_t i = 0; i < count; ++i) a[i] = b[i] + s * c[i];
        return 3.0 * sizeof(double) * static_cast<double>(count);
    };
    return run_threads(threads, seconds, fill, work);
}

double triad_array_bytes(double cache_bytes, double free_bytes) {
    constexpr double mebibyte = 1024.0 * 1024.0;
    constexpr double least = 64 * mebibyte;
    // Three arrays take a quarter of the memory.
    const double most = free_bytes > 0 ? free_bytes / 12 : least;
    return std::min(std::max(triad_cache_factor * cache_bytes, least), most);
}

}  // namespace msunet::bench
