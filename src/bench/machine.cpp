// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/machine.hpp"

#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "msunet/core/time.hpp"

namespace msunet::bench {

namespace {

constexpr std::size_t rounds = 20000;
/// More than the latency of a multiply-add times those that begin in a cycle.
constexpr std::size_t chains = 12;

/// Independent chains of multiply-adds; returns the number of operations. The sums go to `out`, so
/// that they are computed.
using Block = double (*)(float factor, float term, float* out);

constexpr double operations_of_block(std::size_t lanes) {
    return 2.0 * static_cast<double>(rounds * chains * lanes);
}

double block_baseline(float factor, float term, float* out) {
    constexpr std::size_t lanes = 4;
    using Vector = float __attribute__((vector_size(lanes * sizeof(float))));
    Vector sums[chains];
    const Vector factors = {factor, factor, factor, factor};
    const Vector terms = {term, term, term, term};
    for (auto& sum : sums) sum = terms;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& sum : sums) sum = sum * factors + terms;
    }
    for (const auto& sum : sums) *out += sum[0];
    return operations_of_block(lanes);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) double block_avx2(float factor, float term, float* out) {
    __m256 sums[chains];
    const __m256 factors = _mm256_set1_ps(factor);
    const __m256 terms = _mm256_set1_ps(term);
    for (auto& sum : sums) sum = terms;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& sum : sums) sum = _mm256_fmadd_ps(sum, factors, terms);
    }
    for (const auto& sum : sums) *out += _mm256_cvtss_f32(sum);
    return operations_of_block(8);
}

__attribute__((target("avx512f"))) double block_avx512(float factor, float term, float* out) {
    __m512 sums[chains];
    const __m512 factors = _mm512_set1_ps(factor);
    const __m512 terms = _mm512_set1_ps(term);
    for (auto& sum : sums) sum = terms;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& sum : sums) sum = _mm512_fmadd_ps(sum, factors, terms);
    }
    for (const auto& sum : sums) *out += _mm512_cvtss_f32(sum);
    return operations_of_block(16);
}

Block widest_block() {
    if (__builtin_cpu_supports("avx512f") != 0) return block_avx512;
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
        return block_avx2;
    }
    return block_baseline;
}
#else
Block widest_block() { return block_baseline; }
#endif

/// Runs `prepare(thread)` on each thread, then, all at the same time, `work(thread)`, which returns
/// an amount, again and again for at least `seconds`.
Work run_threads(int threads, double seconds, const std::function<void(int)>& prepare,
                 const std::function<double(int)>& work) {
    std::vector<Work> done(static_cast<std::size_t>(threads));
    std::atomic<int> ready = 0;
    const auto run = [&](int thread) {
        prepare(thread);
        ready.fetch_add(1);
        while (ready.load() < threads) std::this_thread::yield();
        Work mine;
        const double began = core::steady_seconds();
        while (mine.seconds < seconds) {
            mine.amount += work(thread);
            mine.seconds = core::steady_seconds() - began;
        }
        done[static_cast<std::size_t>(thread)] = mine;
    };
    std::vector<std::thread> others;
    for (int thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
    run(0);
    for (auto& other : others) other.join();
    Work all;
    for (const Work& one : done) {
        all.amount += one.amount;
        all.seconds = std::max(all.seconds, one.seconds);
    }
    return all;
}

}  // namespace

Work time_multiply_adds(int threads, double seconds) {
    const Block block = widest_block();
    // Values that the compiler can't know; the sums converge to one.
    volatile float factor = 0.5F;
    volatile float term = 0.5F;
    std::vector<float> sums(static_cast<std::size_t>(threads) * chains * 16);
    const auto work = [&](int thread) {
        return block(factor, term, &sums[static_cast<std::size_t>(thread) * chains * 16]);
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

double triad_array_bytes(int ranks) {
    constexpr double mebibyte = 1024.0 * 1024.0;
    const auto cache = static_cast<double>(std::max(0L, sysconf(_SC_LEVEL3_CACHE_SIZE)));
    return std::clamp(4 * cache / ranks, 16 * mebibyte, 256 * mebibyte);
}

}  // namespace msunet::bench
