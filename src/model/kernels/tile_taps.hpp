// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions as sums of nine products of matrices, and the order of those in memory.
///
/// An output has one pixel (`same`) or 2×2 pixels, called phases (`up`), for each pixel of the
/// input. Up-sampled pixels are equal in pairs, so a phase reads one, two or four pixels by sums of
/// the kernel's taps: 9 matrices instead of 4 · 4.
#pragma once

#include "model/kernels/tiles.hpp"

namespace msunet::model::kernels {
namespace {

constexpr int matrices = kernel_matrices;

/// What a matrix is applied to: the phase of an output reads the pixel at this distance.
struct Tap {
    int phase, down, right;
};

/// 3×3, "same" padding.
struct SameTaps {
    static constexpr int taps = 3, upsampling = 1;
    static constexpr Tap all[matrices]{{0, -1, -1}, {0, -1, 0}, {0, -1, 1}, {0, 0, -1}, {0, 0, 0},
                                       {0, 0, 1},   {0, 1, -1}, {0, 1, 0},  {0, 1, 1}};
    /// Whether a tap of the kernel is part of a matrix.
    static constexpr bool has(int matrix, int row, int column) {
        return matrix == taps * row + column;
    }
};

/// Nearest ×2 up-sampling, then 2×2, padded bottom and right. Matrices are sorted by phase.
struct UpTaps {
    static constexpr int taps = 2, upsampling = 2;
    static constexpr Tap all[matrices]{{0, 0, 0}, {1, 0, 0}, {1, 0, 1}, {2, 0, 0}, {2, 1, 0},
                                       {3, 0, 0}, {3, 0, 1}, {3, 1, 0}, {3, 1, 1}};
    static constexpr bool has(int matrix, int row, int column) {
        const Tap& tap = all[matrix];
        return reads(tap.phase / 2, row, tap.down) && reads(tap.phase % 2, column, tap.right);
    }

private:
    /// In one dimension: at an even pixel both taps read one pixel, at an odd one two.
    static constexpr bool reads(int odd, int tap, int distance) {
        return odd == 0 || tap == distance;
    }
};

template <class F>
constexpr int phases = F::upsampling* F::upsampling;

/// The matrices of a phase.
struct MatrixRange {
    int first, last;
};
template <class F>
constexpr MatrixRange matrices_of(int phase) {
    MatrixRange range{0, 0};
    for (int m = 0; m < matrices; ++m) {
        if (F::all[m].phase < phase) range.first = m + 1;
        if (F::all[m].phase <= phase) range.last = m + 1;
    }
    return range;
}

/// Calls f for the offsets of the taps that a matrix is the sum of, in a kernel (out, taps, taps,
/// in).
template <class F, class G>
inline void for_taps(int matrix, i64 in, G f) {
    for (int k = 0; k < F::taps * F::taps; ++k) {
        if (F::has(matrix, k / F::taps, k % F::taps)) f(k * in);
    }
}

/// Numbers of a matrix from `from` on.
template <class F>
inline Floats load_matrix(int matrix, const float* from, i64 in) {
    Floats sum{};
    for_taps<F>(matrix, in, [&](i64 tap) { sum += load(from + tap); });
    return sum;
}

/// The matrices for output channels [first, last) as second factors: (out / 32, matrices, in / 32)
/// pairs of tiles.
template <class F>
void transform_weights(const float* kernel, i64 in, i64 /*out*/, i64 first, i64 last, Bf16* to) {
    const i64 per_channel = F::taps * F::taps * in;
    for (i64 o = first; o < last; o += tile_rows) {
        Bf16* block_of = to + o / block * block * matrices * in + o % block / tile_rows * tile_size;
        for (int m = 0; m < matrices; ++m) {
            for (i64 c = 0; c < in; c += block) {
                __m512i rows[16];
                for (i64 i = 0; i < tile_rows; ++i) {
                    const float* from = kernel + (o + i) * per_channel + c;
                    rows[i] =
                        round_row(load_matrix<F>(m, from, in), load_matrix<F>(m, from + lanes, in));
                }
                transpose(rows);
                Bf16* tile = block_of + (m * in + c) * block;
                for (i64 i = 0; i < tile_rows; ++i) store_row(tile + i * tile_terms, rows[i]);
            }
        }
    }
}

/// The same for the adjoint, for channels [first, last) of its output, the input: (in / 32,
/// matrices, out / 32) pairs of tiles.
template <class F>
void transform_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first, i64 last,
                               Bf16* to) {
    const i64 per_channel = F::taps * F::taps * in;
    for (i64 c = first; c < last; c += tile_rows) {
        Bf16* block_of =
            to + c / block * block * matrices * out + c % block / tile_rows * tile_size;
        for (int m = 0; m < matrices; ++m) {
            for (i64 o = 0; o < out; o += 2) {
                const float* from = kernel + o * per_channel + c;
                const __m512i both = round_row(load_matrix<F>(m, from, in),
                                               load_matrix<F>(m, from + per_channel, in));
                Bf16* tile = block_of + (m * out + o / block * block) * block;
                store_row(tile + o % block / 2 * tile_terms, interleaved(both));
            }
        }
    }
}

/// From gradients of the matrices (out, matrices, in) to those of the kernel, for output channels
/// [first, last).
template <class F>
void matrix_gradient(const float* gradient, i64 in, i64 first, i64 last, float* kernel_gradient) {
    constexpr int all_taps = F::taps * F::taps;
    for (i64 o = first; o < last; ++o) {
        for (int k = 0; k < all_taps; ++k) {
            for (i64 c = 0; c < in; c += lanes) {
                Floats sum{};
                for (int m = 0; m < matrices; ++m) {
                    if (!F::has(m, k / F::taps, k % F::taps)) continue;
                    sum += load(gradient + (o * matrices + m) * in + c);
                }
                store(kernel_gradient + (o * all_taps + k) * in + c, sum);
            }
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels
