// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dropout masks, for 16 counters of the generator at once.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "model/kernels/vectors.hpp"
#include "msunet/core/philox.hpp"

namespace msunet::model::kernels {
namespace {

constexpr int lanes = 16;

/// The products of 16 words with one. In the unnamed namespace, so that the generator's code for it
/// belongs to one instruction set.
struct VectorMultiply {
    core::WideProduct<Words16> operator()(Words16 a, std::uint32_t factor) const {
#if defined(__AVX512F__)
        const __m512i v = (__m512i)a, f = _mm512_set1_epi32(static_cast<int>(factor));
        const __m512i even = _mm512_mul_epu32(v, f);
        const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(v, 32), f);
        return {(Words16)_mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), 0xAAAA, odd),
                (Words16)_mm512_mask_mov_epi32(even, 0xAAAA, _mm512_slli_epi64(odd, 32))};
#else
        core::WideProduct<Words16> product;
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
    constexpr Words16 count{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (i64 first = begin; first < begin + words; first += 4 * lanes) {
        Words16 dropped[4] = {};
        for (int plane = __builtin_ctz(rate); plane < 24; ++plane) {
            Words16 random[4] = {count + static_cast<std::uint32_t>(first / 4),
                                 Words16{} + (layer + 256U * static_cast<unsigned>(plane)),
                                 Words16{} + sample, Words16{} + step};
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
