// SPDX-License-Identifier: Apache-2.0
/// \file
/// Products of small matrices that stay in registers, and the vectors that they consist of.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "model/kernels/vectors.hpp"

namespace msunet::model::kernels {
namespace {

/// Rows of a product that are kept in registers, two vectors each.
#if defined(__AVX512F__)
constexpr int product_rows = 12, gradient_rows = 8;
#else
constexpr int product_rows = 6, gradient_rows = 4;
#endif

/// Products of float32. In the order by terms, a matrix has a row of 32 columns for each term of
/// the sum.
struct SingleProduct {
    using Number = float;
    static constexpr i64 terms = 1;  ///< terms added by one instruction

    static void put_term(Number* matrix, i64 term, i64 column, Floats v) {
        store(matrix + term * block + column, v);
    }
    static Floats load_terms(const Number* p) { return load(p); }
    // Subtracting 0 changes no number; the compiler optimises it away.
    static Floats broadcast(const Number* p) { return *p - Floats{}; }
    static Floats add(Floats sum, Floats a, Floats b) { return sum + a * b; }
};

#if defined(__AVX512BF16__)
/// Products of bfloat16, summed in float32. Two terms of a column are adjacent.
struct PairProduct {
    using Number = Bf16;
    static constexpr i64 terms = 2;

    static void put_term(Number* matrix, i64 term, i64 column, Floats v) {
        Number* to = matrix + term / 2 * 2 * block + 2 * column;
        const Words words = bf16_words(v);
        store_as(to, term % 2 == 0 ? words : load_as<Words>(to) | words << 16);
    }
    static __m512bh load_terms(const Number* p) { return (__m512bh)load_as<Words>(p); }
    static __m512bh broadcast(const Number* p) {
        return (__m512bh)(Words{} + load_as<std::uint32_t>(p));
    }
    static Floats add(Floats sum, __m512bh a, __m512bh b) { return _mm512_dpbf16_ps(sum, a, b); }
};
#endif

/// out (Rows, 32) = Σ a · b over blocks·Length steps of P::terms terms; `b` is in the order by
/// terms. Row r and step k of a block of `a` are at r·RowStep + k·Step. With Add the products are
/// added to `out`.
template <class P, int Rows, i64 RowStep, i64 Step, i64 Length, bool Add>
inline void multiply(const typename P::Number* a, i64 a_pitch, const typename P::Number* b,
                     i64 blocks, float* out) {
    for (i64 first = 0; first < block; first += 2 * lanes) {
        Floats sums[Rows][2];
        for (int r = 0; r < Rows; ++r) {
            for (int j = 0; j < 2; ++j) {
                sums[r][j] = Add ? load(out + r * block + first + j * lanes) : Floats{};
            }
        }
        const auto* p = a;
        const auto* q = b + first * P::terms;
        for (i64 i = 0; i < blocks; ++i, p += a_pitch) {
            for (i64 k = 0; k < Length; ++k, q += block * P::terms) {
                const auto b0 = P::load_terms(q), b1 = P::load_terms(q + lanes * P::terms);
                for (int r = 0; r < Rows; ++r) {
                    const auto factor = P::broadcast(p + r * RowStep + k * Step);
                    sums[r][0] = P::add(sums[r][0], factor, b0);
                    sums[r][1] = P::add(sums[r][1], factor, b1);
                }
            }
        }
        for (int r = 0; r < Rows; ++r) {
            for (int j = 0; j < 2; ++j) store(out + r * block + first + j * lanes, sums[r][j]);
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels
