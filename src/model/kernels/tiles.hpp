// SPDX-License-Identifier: Apache-2.0
/// \file
/// The matrix unit of AMX: tiles of 16 rows of 64 bytes, and products of 32×32 numbers from them.
/// A product adds up pairs of bfloat16 in float32 (Intel Architecture Instruction Set Extensions
/// Programming Reference, TDPBF16PS): a row of the first factor holds 32 terms, a row of the second
/// two terms of 16 columns, side by side.
#pragma once

#include <immintrin.h>

#include "model/kernels/vectors.hpp"

namespace msunet::model::kernels {
namespace {

constexpr i64 tile_rows = 16;
/// Numbers of type Bf16 in a tile's row.
constexpr i64 tile_terms = 32;
constexpr i64 tile_size = tile_rows * tile_terms;

/// The configuration of tiles, as LDTILECFG reads it.
struct alignas(64) TileSizes {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
/// All eight tiles in full size. A constant: GCC takes the instruction to read 8 bytes only, and
/// removes what is written to the others.
constexpr TileSizes full_tiles;

/// Allows the use of tiles for as long as it lives.
class TileUnit {
public:
    TileUnit() { _tile_loadconfig(&full_tiles); }
    TileUnit(const TileUnit&) = delete;
    TileUnit& operator=(const TileUnit&) = delete;
    ~TileUnit() { _tile_release(); }
};

/// What was written to memory is there before tiles are loaded. GCC does not know that loads of
/// tiles read memory.
inline void finish_stores() { __asm__ volatile("" ::: "memory"); }

// Tiles 0 to 3 hold the product: (rows, columns) (0, 0), (0, 16), (16, 0), (16, 16). With one half
// of the rows there are only the first two.

template <int halves>
inline void clear_product() {
    _tile_zero(0);
    _tile_zero(1);
    if constexpr (halves == 2) {
        _tile_zero(2);
        _tile_zero(3);
    }
}

/// Adds a product of 32 terms. `a_step` and `b_step` are distances of rows in bytes; the second
/// halves of rows of `a` and of columns of `b` follow at `a_half` and `b_half` numbers.
template <int halves>
inline void add_product(const Bf16* a, i64 a_step, i64 a_half, const Bf16* b, i64 b_step,
                        i64 b_half) {
    _tile_loadd(4, a, a_step);
    _tile_loadd(6, b, b_step);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, b + b_half, b_step);
    _tile_dpbf16ps(1, 4, 7);
    if constexpr (halves == 2) {
        _tile_loadd(5, a + a_half, a_step);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
}

/// `step`: numbers from one row of the product to the next.
template <int halves>
inline void store_product(float* to, i64 step) {
    const i64 bytes = step * static_cast<i64>(sizeof(float));
    _tile_stored(0, to, bytes);
    _tile_stored(1, to + tile_rows, bytes);
    if constexpr (halves == 2) {
        _tile_stored(2, to + tile_rows * step, bytes);
        _tile_stored(3, to + tile_rows * step + tile_rows, bytes);
    }
}

inline void load_product(const float* from, i64 step) {
    const i64 bytes = step * static_cast<i64>(sizeof(float));
    _tile_loadd(0, from, bytes);
    _tile_loadd(1, from + tile_rows, bytes);
    _tile_loadd(2, from + tile_rows * step, bytes);
    _tile_loadd(3, from + tile_rows * step + tile_rows, bytes);
}

/// Exchanges rows and columns of 16×16 words.
inline void transpose(__m512i (&rows)[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    // Quarter L of row 4g + j becomes column 4L + j of rows 4g to 4g + 3.
    for (int i = 0; i < 16; i += 4) {
        rows[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        rows[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        rows[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        rows[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    constexpr int even = 0x88, odd = 0xDD;  // quarters 0 and 2 of both, 1 and 3 of both
    for (int j = 0; j < 4; ++j) {
        const __m512i a = _mm512_shuffle_i32x4(rows[j], rows[4 + j], even);
        const __m512i b = _mm512_shuffle_i32x4(rows[8 + j], rows[12 + j], even);
        const __m512i c = _mm512_shuffle_i32x4(rows[j], rows[4 + j], odd);
        const __m512i d = _mm512_shuffle_i32x4(rows[8 + j], rows[12 + j], odd);
        t[j] = _mm512_shuffle_i32x4(a, b, even);
        t[4 + j] = _mm512_shuffle_i32x4(c, d, even);
        t[8 + j] = _mm512_shuffle_i32x4(a, b, odd);
        t[12 + j] = _mm512_shuffle_i32x4(c, d, odd);
    }
    for (int i = 0; i < 16; ++i) rows[i] = t[i];
}

using Row [[gnu::vector_size(64)]] = std::uint16_t;

/// Indices of the numbers first, first + second, first + 1, first + second + 1, …
inline __m512i alternating(int first, int second) {
    Row indices;
    for (int i = 0; i < tile_terms; ++i) {
        indices[i] = static_cast<std::uint16_t>(first + i / 2 + i % 2 * second);
    }
    return (__m512i)indices;
}

/// Numbers 2i and 2i + 1 are numbers i of a and of b, for the first or the last 16.
struct Pairs {
    __m512i first, last;

    Pairs(__m512i a, __m512i b)
        : first(_mm512_permutex2var_epi16(a, alternating(0, tile_terms), b)),
          last(_mm512_permutex2var_epi16(a, alternating(tile_terms / 2, tile_terms), b)) {}
};

/// The same for the two halves of a row.
inline __m512i interleaved(__m512i halves) {
    return _mm512_permutexvar_epi16(alternating(0, tile_terms / 2), halves);
}

inline __m512i load_row(const Bf16* from) { return _mm512_loadu_si512(from); }
inline void store_row(Bf16* to, __m512i row) { _mm512_storeu_si512(to, row); }

/// The first or the last 16 numbers of a row.
template <int half>
inline Floats widened(__m512i row) {
    return (Floats)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(row, half)),
                                     16);
}

/// 32 numbers, rounded to the nearest bfloat16, ties to even.
inline __m512i round_row(Floats low, Floats high) {
    return (__m512i)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

}  // namespace
}  // namespace msunet::model::kernels
