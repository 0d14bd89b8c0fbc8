// SPDX-License-Identifier: Apache-2.0
/// \file
/// Winograd transforms of the tiles of images: of the input, of the output and of its gradient.
#pragma once

#include "model/kernels/products.hpp"
#include "model/kernels/winograd_transforms.hpp"

namespace msunet::model::kernels {
namespace {

constexpr i64 chunk_tiles = 24;

constexpr int square(int n) { return n * n; }
template <class F>
constexpr int positions_of = square(F::positions);

/// The order of a transform's matrices in memory: (channels / 32, tiles, 32), with tiles as rows or
/// as terms of the sum.
enum class Order : std::uint8_t { rows, terms };

/// The distance from one position's matrix to the next. Without the extra cache line, matrices at
/// multiples of 4 KiB would all map to one set of the first-level cache.
template <class Number>
constexpr i64 pitch(i64 channels) {
    return chunk_tiles * channels + 64 / static_cast<i64>(sizeof(Number));
}

/// The index of channel `c` of tile `t` if tiles are rows.
inline i64 place(i64 t, i64 c) { return (c / block * chunk_tiles + t) * block + c % block; }

template <class P, Order order>
inline void put(typename P::Number* matrix, i64 t, i64 c, Floats v) {
    if constexpr (order == Order::rows) {
        store(matrix + place(t, c), v);
    } else {
        P::put_term(matrix + place(0, c / block * block), t, c % block, v);
    }
}

/// Applies a transform along both dimensions: from N×N vectors, read by load(i, j) for row i and
/// column j, to M×M vectors, written by store(i, j, vector).
template <int N, int M, class Transform, class Load, class Store>
[[gnu::always_inline]] inline void transform_both(Transform transform, Load load, Store store) {
    Floats half[N][M];
    for (int j = 0; j < N; ++j) {
        Floats column[N];
        for (int i = 0; i < N; ++i) column[i] = load(i, j);
        transform(column, half[j]);
    }
    for (int i = 0; i < M; ++i) {
        Floats row[N], result[M];
        for (int j = 0; j < N; ++j) row[j] = half[j][i];
        transform(row, result);
        for (int j = 0; j < M; ++j) store(i, j, result[j]);
    }
}

/// The place of a tile.
struct Tile {
    i64 image, row, column;

    Tile(const TiledShape& shape, i64 index)
        : image(index / (shape.across * shape.down)),
          row(index / shape.across % shape.down),
          column(index % shape.across) {}

    /// Its first pixel in images of `step` pixels a tile.
    [[nodiscard]] i64 pixel(const TiledShape& shape, i64 step) const {
        return ((image * shape.down + row) * step * shape.across + column) * step;
    }
};

/// Fills the missing tiles of an incomplete chunk with zeros.
template <class P>
inline void clear_rest(typename P::Number* to, int positions, i64 count, i64 channels) {
    // The second half of a pair is cleared with the first.
    const i64 first = (count + P::terms - 1) / P::terms * P::terms;
    for (int p = 0; p < positions && first < chunk_tiles; ++p) {
        for (i64 c = 0; c < channels; c += block) {
            __builtin_memset(to + p * pitch<typename P::Number>(channels) + place(first, c), 0,
                             static_cast<std::size_t>((chunk_tiles - first) * block) *
                                 sizeof(typename P::Number));
        }
    }
}

/// Channels [first_in, last_in) of the input of `count` tiles; `zeros` are as many zeros.
template <class F, class P, Order order, class T>
void transform_input(const T* x, const TiledShape& shape, i64 first_tile, i64 count, i64 first_in,
                     i64 last_in, const T* zeros, typename P::Number* to) {
    const i64 channels = last_in - first_in, width = shape.across * F::step,
              height = shape.down * F::step, distance = pitch<typename P::Number>(channels);
    for (i64 t = 0; t < count; ++t) {
        const Tile tile(shape, first_tile + t);
        const T* from[F::input][F::input];
        for (int i = 0; i < F::input; ++i) {
            for (int j = 0; j < F::input; ++j) {
                const i64 down = i + F::offset, right = j + F::offset;
                const i64 row = tile.row * F::step + down, column = tile.column * F::step + right;
                const bool inside = row >= 0 && row < height && column >= 0 && column < width;
                const i64 pixel = tile.pixel(shape, F::step) + down * width + right;
                from[i][j] = inside ? x + pixel * shape.in + first_in : zeros;
            }
        }
        for (i64 c = 0; c < channels; c += lanes) {
            transform_both<F::input, F::positions>(
                [](auto& a, auto& b) { F::transform_input(a, b); },
                [&](int i, int j) { return load(from[i][j] + c); },
                [&](int i, int j, Floats v) {
                    put<P, order>(to + (i * F::positions + j) * distance, t, c, v);
                });
        }
    }
    clear_rest<P>(to, positions_of<F>, count, channels);
}

template <class F, class P, class T>
void transform_gradient(const T* dz, const TiledShape& shape, i64 first_tile, i64 count,
                        typename P::Number* to) {
    const i64 line = shape.across * F::output * shape.out,
              distance = pitch<typename P::Number>(shape.out);
    for (i64 t = 0; t < count; ++t) {
        const T* from = dz + Tile(shape, first_tile + t).pixel(shape, F::output) * shape.out;
        for (i64 c = 0; c < shape.out; c += lanes) {
            transform_both<F::output, F::positions>(
                [](auto& a, auto& b) { F::transform_gradient(a, b); },
                [&](int i, int j) { return load(from + i * line + j * shape.out + c); },
                [&](int i, int j, Floats v) {
                    put<P, Order::terms>(to + (i * F::positions + j) * distance, t, c, v);
                });
        }
    }
    clear_rest<P>(to, positions_of<F>, count, shape.out);
}

template <class F, class T>
void write_output(const float* m, const float* bias, const TiledShape& shape, i64 first_tile,
                  i64 count, T* z) {
    const i64 line = shape.across * F::output * shape.out;
    for (i64 t = 0; t < count; ++t) {
        T* to = z + Tile(shape, first_tile + t).pixel(shape, F::output) * shape.out;
        for (i64 c = 0; c < shape.out; c += lanes) {
            const float* first = m + place(t, c);
            const Floats b = bias == nullptr ? Floats{} : load(bias + c);
            transform_both<F::positions, F::output>(
                [](auto& a, auto& d) { F::transform_output(a, d); },
                [&](int i, int j) {
                    return load(first + (i * F::positions + j) * pitch<float>(shape.out));
                },
                [&](int i, int j, Floats v) { store(to + i * line + j * shape.out + c, v + b); });
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels
