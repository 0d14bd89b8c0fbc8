// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dropout masks, for a vector of counters of the generator at once.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "model/kernels/vectors.hpp"
#include "msunet/core/philox.hpp"

namespace msunet::model::kernels {
namespace {

/// The products of a vector of words with one. In the unnamed namespace, so that the generator's
/// code for it belongs to one instruction set.
struct VectorMultiply {
    core::WideProduct<Words> operator()(Words a, std::uint32_t factor) const {
#if defined(__AVX512F__)
        const __m512i v = (__m512i)a, f = _mm512_set1_epi32(static_cast<int>(factor));
        const __m512i even = _mm512_mul_epu32(v, f);
        const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(v, 32), f);
        return {(Words)_mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), 0xAAAA, odd),
                (Words)_mm512_mask_mov_epi32(even, 0xAAAA, _mm512_slli_epi64(odd, 32))};
#elif defined(__AVX2__)
        const __m256i v = (__m256i)a, f = _mm256_set1_epi32(static_cast<int>(factor));
        const __m256i even = _mm256_mul_epu32(v, f);
        const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(v, 32), f);
        return {(Words)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA),
                (Words)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA)};
#else
        core::WideProduct<Words> product;
        for (int i = 0; i < lanes; ++i) {
            const std::uint64_t whole = std::uint64_t{a[i]} * factor;
            product.high[i] = static_cast<std::uint32_t>(whole >> 32U);
            product.low[i] = static_cast<std::uint32_t>(whole);
        }
        return product;
#endif
    }
};

void dropout(std::uint32_t* bits, i64 begin, i64 words, std::uint32_t rate, std::uint64_t key,
             std::uint32_t layer, std::uint32_t sample, std::uint32_t step) {
    Words count;
    for (int i = 0; i < lanes; ++i) count[i] = static_cast<std::uint32_t>(i);
    for (i64 first = begin; first < begin + words; first += 4 * lanes) {
        Words dropped[4] = {};
        for (int plane = __builtin_ctz(rate); plane < 24; ++plane) {
            Words random[4] = {count + static_cast<std::uint32_t>(first / 4),
                               Words{} + (layer + 256U * static_cast<unsigned>(plane)),
                               Words{} + sample, Words{} + step};
            core::philox4x32(random, key, VectorMultiply{});
            const bool join = ((rate >> plane) & 1U) != 0;
            for (int w = 0; w < 4; ++w) {
                dropped[w] = join ? dropped[w] | random[w] : dropped[w] & random[w];
            }
        }
        for (int i = 0; i < lanes; ++i) {
            const i64 to = first - begin + 4 * i;
            if (to >= words) break;
            for (int w = 0; w < 4; ++w) bits[to + w] = ~dropped[w][i];
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels
