// SPDX-License-Identifier: Apache-2.0
/// \file
/// Multiply-adds in registers. Each width of vectors is compiled with the flags of its instructions
/// in a file of its own.
#pragma once

#include <cstddef>

namespace msunet::bench {

/// Does independent chains of multiply-adds and returns the number of operations, two for each. The
/// sums go to `out`, so that they are computed.
using MultiplyAdds = double (*)(float factor, float term, float* out);

double multiply_adds_baseline(float factor, float term, float* out);
double multiply_adds_avx2(float factor, float term, float* out);
double multiply_adds_avx512(float factor, float term, float* out);

/// On vectors of so many numbers. Each is to be instantiated in one file only.
template <class Vector>
double multiply_adds(float factor, float term, float* out) {
    constexpr std::size_t rounds = 20000;
    // More than the latency of a multiply-add times those that begin in a cycle.
    constexpr std::size_t chains = 12;
    constexpr std::size_t lanes = sizeof(Vector) / sizeof(float);
    const Vector factors = factor - Vector{};
    const Vector terms = term - Vector{};
    Vector sums[chains];
    for (auto& sum : sums) sum = terms;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& sum : sums) sum = sum * factors + terms;
    }
    for (const auto& sum : sums) *out += sum[0];
    return 2.0 * static_cast<double>(rounds * chains * lanes);
}

}  // namespace msunet::bench
