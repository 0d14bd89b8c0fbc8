// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions, their adjoints and the gradients of their kernels on the matrix unit.
#pragma once

#include "model/kernels/tile_images.hpp"
#include "model/kernels/tile_taps.hpp"

namespace msunet::model::kernels {
namespace {

/// A part of a sum of products: blocks of channels from `plane` on, `shift` places further.
struct Term {
    i64 plane, shift;
};

/// Where products are written: 32 channels of pixels.
struct Output {
    Bf16* z;
    i64 channels;
    const float* bias;  ///< null: none
    double* sums;       ///< (2, channels) += Σa, Σa², a = relu(z); null: not wanted
};

/// 16·halves places × 32 channels: Σ over terms and blocks of 32 channels.
template <int halves>
void multiply_places(const Bf16* places, const Term* terms, int count, i64 blocks, i64 plane,
                     const Bf16* weights, float* product) {
    clear_product<halves>();
    for (int t = 0; t < count; ++t) {
        const Bf16* a = places + terms[t].plane * plane + terms[t].shift * block;
        for (i64 b = 0; b < blocks; ++b, a += plane, weights += 2 * tile_size) {
            add_product<halves>(a, 2 * block, tile_rows * block, weights, 2 * tile_terms,
                                tile_size);
        }
    }
    store_product<halves>(product, block);
}

template <bool with_sums>
void write_places(const float* product, const Places& places, i64 count, const Output& to) {
    Floats bias[2]{};
    for (int k = 0; k < 2 && to.bias != nullptr; ++k) bias[k] = load(to.bias + k * lanes);
    Accumulator<Bf16> sums[2], squares[2];
    for (i64 p = 0; p < count; ++p) {
        if (places.is_zero(p)) continue;
        const float* from = product + p * block;
        const __m512i row = round_row(load(from) + bias[0], load(from + lanes) + bias[1]);
        store_row(to.z + places.at(p) * to.channels, row);
        if constexpr (with_sums) {
            const Floats a[2] = {relu(widened<0>(row)), relu(widened<1>(row))};
            for (int k = 0; k < 2; ++k) {
                sums[k].add(a[k]);
                squares[k].add_product(a[k], a[k]);
            }
        }
    }
    for (int k = 0; with_sums && k < 2; ++k) {
        sums[k].flush(to.sums + k * lanes);
        squares[k].flush(to.sums + to.channels + k * lanes);
    }
}

/// The products of all places of a chunk, for 32 output channels. A product is written while the
/// next one is computed.
void multiply_chunk(const Chunk& chunk, const Bf16* packed, const Term* terms, int count,
                    i64 blocks, const Bf16* weights, const Places& places, const Output& to) {
    alignas(64) float products[2][block * block];
    const auto write = to.sums != nullptr ? write_places<true> : write_places<false>;
    const auto write_at = [&](i64 p) {
        const i64 left = chunk.count - p;
        write(products[p / block % 2], places.from(chunk.front + p), left < block ? left : block,
              to);
    };
    for (i64 p = 0; p < chunk.count; p += block) {
        const bool half = chunk.count - p <= tile_rows;
        const auto multiply = half ? multiply_places<1> : multiply_places<2>;
        multiply(packed + (chunk.front + p) * block, terms, count, blocks, chunk.total * block,
                 weights, products[p / block % 2]);
        if (p > 0) write_at(p - block);
    }
    write_at((chunk.count - 1) / block * block);
}

/// Bytes of packed images that a chunk should not exceed, to stay in the second-level cache.
constexpr i64 chunk_bytes = 1 << 19;
/// Places of a chunk for the gradient of a kernel: two blocks of channels stay in that cache, and
/// sums are loaded and stored rarely.
constexpr i64 gradient_places = 2048;
inline i64 forward_rows(const ImageShape& shape) {
    return chunk_rows(shape, chunk_bytes / (2 * shape.in));
}
template <class F>
i64 adjoint_rows(const ImageShape& shape) {
    return chunk_rows(shape, chunk_bytes / (2 * phases<F> * shape.out));
}
inline i64 gradient_rows_of(const ImageShape& shape) { return chunk_rows(shape, gradient_places); }

inline i64 forward_scratch(const ImageShape& shape) {
    return ChunkMemory::size(shape, forward_rows(shape), shape.in);
}
template <class F>
i64 adjoint_scratch(const ImageShape& shape) {
    return ChunkMemory::size(shape, adjoint_rows<F>(shape), phases<F> * shape.out);
}
template <class F>
i64 gradient_scratch(const ImageShape& shape) {
    return ChunkMemory::size(shape, gradient_rows_of(shape), 2 * shape.in + phases<F> * shape.out);
}

/// Rows of the lower resolution, counted over all images.
template <class F>
void tile_convolve(const TileInput& x, const Bf16* weights, const float* bias,
                   const ImageShape& shape, i64 first_row, i64 last_row, Bf16* z, double* sums,
                   void* scratch) {
    const TileUnit unit;
    const auto pack = x.scale == nullptr ? pack_rows<Copy> : pack_rows<Normalise>;
    const i64 step = forward_rows(shape);
    const ChunkMemory memory(shape, step, scratch);
    for (i64 row = first_row; row < last_row; row += step) {
        const Chunk chunk(shape, F::upsampling, row, row + step < last_row ? row + step : last_row,
                          memory);
        const Pixels pixels{x.x, shape.in, chunk.coarse(), 0, shape.in};
        pack(chunk, pixels, x, memory.numbers);
        finish_stores();
        Term terms[matrices];
        for (int m = 0; m < matrices; ++m) terms[m] = {0, chunk.distance(F::all[m])};
        for (i64 o = 0; o < shape.out; o += block) {
            for (int phase = 0; phase < phases<F>; ++phase) {
                const auto [first, last] = matrices_of<F>(phase);
                multiply_chunk(chunk, memory.numbers, terms + first, last - first, shape.in / block,
                               weights + (o / block * matrices + first) * shape.in * block,
                               chunk.fine(phase),
                               {z + o, shape.out, bias + o, sums == nullptr ? nullptr : sums + o});
            }
        }
    }
}

template <class F>
void tile_adjoint(const Bf16* dz, const Bf16* weights, const ImageShape& shape, i64 first_row,
                  i64 last_row, Bf16* dx, void* scratch) {
    const TileUnit unit;
    const i64 step = adjoint_rows<F>(shape), blocks = shape.out / block;
    const ChunkMemory memory(shape, step, scratch);
    for (i64 row = first_row; row < last_row; row += step) {
        const Chunk chunk(shape, F::upsampling, row, row + step < last_row ? row + step : last_row,
                          memory);
        for (int phase = 0; phase < phases<F>; ++phase) {
            pack_rows<Copy>(chunk, {dz, shape.out, chunk.fine(phase), 0, shape.out}, {},
                            memory.numbers + phase * blocks * chunk.total * block);
        }
        finish_stores();
        Term terms[matrices];
        for (int m = 0; m < matrices; ++m) {
            terms[m] = {F::all[m].phase * blocks, -chunk.distance(F::all[m])};
        }
        for (i64 c = 0; c < shape.in; c += block) {
            multiply_chunk(chunk, memory.numbers, terms, matrices, blocks,
                           weights + c * matrices * shape.out, chunk.coarse(),
                           {dx + c, shape.in, nullptr, nullptr});
        }
    }
}

/// Adds a chunk's part to 32×32 numbers of the gradient of each matrix, which are `row` numbers
/// apart.
template <class F>
void add_gradient_block(const Chunk& chunk, const Bf16* columns, i64 phase_step,
                        const PackedPairs& x, float* to, i64 row) {
    for (int m = 0; m < matrices; ++m, to += row) {
        const Bf16* dz = columns + F::all[m].phase * phase_step;
        const Bf16* pairs = x.at(chunk.front + chunk.distance(F::all[m]));
        load_product(to, matrices * row);
        for (i64 p = 0; p < chunk.padded; p += block) {
            add_product<2>(dz + p * tile_rows, 2 * block, tile_rows * chunk.padded,
                           pairs + p * block, 4 * tile_terms, tile_terms);
        }
        store_product<2>(to, matrices * row);
    }
}

template <class F>
void tile_add_gradient(const TileInput& x, const Bf16* dz, const ImageShape& shape, i64 first_row,
                       i64 last_row, i64 first_out, i64 last_out, float* gradient, void* scratch) {
    const TileUnit unit;
    const auto pack = x.scale == nullptr ? pack_pairs<Copy> : pack_pairs<Normalise>;
    const i64 step = gradient_rows_of(shape), outs = last_out - first_out;
    const ChunkMemory memory(shape, step, scratch);
    for (i64 row = first_row; row < last_row; row += step) {
        const Chunk chunk(shape, F::upsampling, row, row + step < last_row ? row + step : last_row,
                          memory);
        const PackedPairs pairs(chunk, memory.numbers, shape.in);
        Bf16* columns = memory.numbers + 2 * pairs.copy;
        const i64 phase_step = outs * chunk.padded;
        pack(chunk, {x.x, shape.in, chunk.coarse(), 0, shape.in}, x, pairs);
        for (int phase = 0; phase < phases<F>; ++phase) {
            pack_columns(chunk, {dz, shape.out, chunk.fine(phase), first_out, last_out},
                         columns + phase * phase_step);
        }
        finish_stores();
        for (i64 c = 0; c < shape.in; c += block) {
            for (i64 o = 0; o < outs; o += block) {
                add_gradient_block<F>(
                    chunk, columns + o * chunk.padded, phase_step, pairs.of_block(c),
                    gradient + (first_out + o) * matrices * shape.in + c, shape.in);
            }
        }
    }
}

template <class F>
constexpr TileConvolution make_tile_convolution() {
    return {
        F::taps,         F::upsampling,        transform_weights<F>, transform_adjoint_weights<F>,
        forward_scratch, adjoint_scratch<F>,   gradient_scratch<F>,  tile_convolve<F>,
        tile_adjoint<F>, tile_add_gradient<F>, matrix_gradient<F>};
}

/// All convolutions of the network on the matrix unit.
constexpr TileConvolutions tile_convolutions{make_tile_convolution<SameTaps>(),
                                             make_tile_convolution<UpTaps>()};

}  // namespace
}  // namespace msunet::model::kernels
