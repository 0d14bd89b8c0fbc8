// SPDX-License-Identifier: Apache-2.0
// Convolutions and the gradients of their kernels by minimal filtering (Winograd; Lavin and Gray,
// "Fast algorithms for convolutional neural networks", CVPR 2016). Part of the files that name an
// instruction set, after body.hpp.
//
// A tile of the output depends on a few pixels of the input. A transform takes these to positions,
// in which the convolution is a product of matrices (tiles, in) · (in, out), one a position: 16
// multiplications for four pixels instead of 36. Tiles are taken in chunks, whose products stay in
// the second cache.

#include "model/kernels/filters.hpp"
#include "model/kernels/products.hpp"

namespace msunet::model::kernels {
namespace {

constexpr i64 chunk_tiles = 24;

constexpr int square(int n) { return n * n; }
template <class F>
constexpr int positions_of = square(F::positions);

/// How a transform's matrices lie in memory: (channels / 32, tiles, 32), tiles as rows or as terms.
enum class Order : std::uint8_t { rows, terms };

/// Numbers from one position's matrix to the next. The cache line more keeps them apart: at
/// multiples of 4 KiB all would fall on one set of the first cache.
template <class Number>
constexpr i64 pitch(i64 channels) {
    return chunk_tiles * channels + 64 / static_cast<i64>(sizeof(Number));
}

/// Where channel `c` of tile `t` lies if tiles are rows.
inline i64 place(i64 t, i64 c) { return (c / block * chunk_tiles + t) * block + c % block; }

template <class P, Order order>
inline void put(typename P::Number* matrix, i64 t, i64 c, Lane v) {
    if constexpr (order == Order::rows) {
        store_numbers(matrix + place(t, c), v);
    } else {
        P::put_term(matrix + place(0, c / block * block), t, c % block, v);
    }
}

/// A transform along both dimensions: N×N vectors, those of row i and column j by load(i, j), to
/// M×M by store(i, j, vector).
template <int N, int M, class V, class Transform, class Load, class Store>
[[gnu::always_inline]] inline void transform_both(Transform transform, Load load, Store store) {
    V half[N][M];
    for (int j = 0; j < N; ++j) {
        V column[N];
        for (int i = 0; i < N; ++i) column[i] = load(i, j);
        transform(column, half[j]);
    }
    for (int i = 0; i < M; ++i) {
        V row[N], result[M];
        for (int j = 0; j < N; ++j) row[j] = half[j][i];
        transform(row, result);
        for (int j = 0; j < M; ++j) store(i, j, result[j]);
    }
}

/// Where a tile lies.
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

/// The missing tiles of a short chunk as zeros.
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

/// Channels [first_in, last_in) of the input of `count` tiles; `zeros`: as many zeros.
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
        for (i64 c = 0; c < channels; c += lane) {
            transform_both<F::input, F::positions, Lane>(
                [](auto& a, auto& b) { F::transform_input(a, b); },
                [&](int i, int j) { return load_numbers<Lane>(from[i][j] + c); },
                [&](int i, int j, Lane v) {
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
        for (i64 c = 0; c < shape.out; c += lane) {
            transform_both<F::output, F::positions, Lane>(
                [](auto& a, auto& b) { F::transform_gradient(a, b); },
                [&](int i, int j) {
                    return load_numbers<Lane>(from + i * line + j * shape.out + c);
                },
                [&](int i, int j, Lane v) {
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
        for (i64 c = 0; c < shape.out; c += lane) {
            const float* first = m + place(t, c);
            const Lane b = bias == nullptr ? Lane{} : load_as<Lane>(bias + c);
            transform_both<F::positions, F::output, Lane>(
                [](auto& a, auto& d) { F::transform_output(a, d); },
                [&](int i, int j) {
                    return load_as<Lane>(first + (i * F::positions + j) * pitch<float>(shape.out));
                },
                [&](int i, int j, Lane v) {
                    store_numbers(to + i * line + j * shape.out + c, v + b);
                });
        }
    }
}

/// The parts of a thread's scratch memory.
template <class F, class P, class T>
struct Scratch {
    using Number = typename P::Number;

    Number* input;     ///< transforms of the input
    float* output;     ///< products
    Number* gradient;  ///< or transforms of the gradient, in the same place
    T* zeros;

    /// In bytes.
    static i64 input_size(i64 in) {
        return positions_of<F> * pitch<Number>(in) * static_cast<i64>(sizeof(Number));
    }
    static i64 output_size(i64 out) {
        return positions_of<F> * pitch<float>(out) * static_cast<i64>(sizeof(float));
    }
    static i64 size(i64 in, i64 out) {
        return input_size(in) + output_size(out) + in * static_cast<i64>(sizeof(T));
    }

    Scratch(const TiledShape& shape, void* memory) {
        auto* bytes = static_cast<char*>(memory);
        input = reinterpret_cast<Number*>(bytes);
        output = reinterpret_cast<float*>(bytes + input_size(shape.in));
        gradient = reinterpret_cast<Number*>(output);
        zeros = reinterpret_cast<T*>(bytes + input_size(shape.in) + output_size(shape.out));
        __builtin_memset(zeros, 0, static_cast<std::size_t>(shape.in) * sizeof(T));
    }
};

template <class F, class P, class T>
i64 scratch_size(i64 in, i64 out) {
    return Scratch<F, P, T>::size(in, out);
}

template <class F, class P, class T>
void convolve_tiles(const T* x, const void* transformed, const float* bias, const TiledShape& shape,
                    i64 first_tile, i64 last_tile, T* z, void* memory) {
    using Number = typename P::Number;
    const Scratch<F, P, T> scratch(shape, memory);
    const auto* u = static_cast<const Number*>(transformed);
    for (i64 tile = first_tile; tile < last_tile; tile += chunk_tiles) {
        const i64 left = last_tile - tile, count = left < chunk_tiles ? left : chunk_tiles;
        transform_input<F, P, Order::rows>(x, shape, tile, count, 0, shape.in, scratch.zeros,
                                           scratch.input);
        for (int p = 0; p < positions_of<F>; ++p) {
            const Number* a = scratch.input + p * pitch<Number>(shape.in);
            for (i64 o = 0; o < shape.out; o += block) {
                const Number* b = u + (p * shape.out + o) * shape.in;
                float* to = scratch.output + p * pitch<float>(shape.out) + place(0, o);
                for (i64 t = 0; t < count; t += product_rows) {
                    multiply<P, product_rows, block, P::terms, block / P::terms, false>(
                        a + t * block, chunk_tiles * block, b, shape.in / block, to + t * block);
                }
            }
        }
        write_output<F>(scratch.output, bias, shape, tile, count, z);
    }
}

template <class F, class P, class T>
void add_gradient(const T* x, const T* dz, const TiledShape& shape, i64 first_tile, i64 last_tile,
                  i64 first_in, i64 last_in, float* du, void* memory) {
    using Number = typename P::Number;
    const Scratch<F, P, T> scratch(shape, memory);
    const i64 channels = last_in - first_in;
    for (i64 tile = first_tile; tile < last_tile; tile += chunk_tiles) {
        const i64 left = last_tile - tile, count = left < chunk_tiles ? left : chunk_tiles;
        transform_input<F, P, Order::terms>(x, shape, tile, count, first_in, last_in, scratch.zeros,
                                            scratch.input);
        transform_gradient<F, P>(dz, shape, tile, count, scratch.gradient);
        for (int p = 0; p < positions_of<F>; ++p) {
            const Number* input = scratch.input + p * pitch<Number>(channels);
            const Number* gradient = scratch.gradient + p * pitch<Number>(shape.out);
            for (i64 c = 0; c < channels; c += block) {
                float* to = du + (p * shape.in + first_in + c) * shape.out;
                for (i64 o = 0; o < shape.out; o += gradient_rows) {
                    const Number* a = gradient + place(0, o / block * block) + o % block * P::terms;
                    multiply<P, gradient_rows, P::terms, block * P::terms, chunk_tiles / P::terms,
                             true>(a, 0, input + place(0, c), 1, to + o * block);
                }
            }
        }
    }
}

using Lane16 = Lanes<float>::Vector;

/// 16 numbers `step` apart.
inline Lane16 gather(const float* from, i64 step) {
    Lane16 v;
    for (int i = 0; i < 16; ++i) v[i] = from[i * step];
    return v;
}

/// Transform (positions, wide / 32, deep, 32), `deep` as terms, of a kernel whose number for (wide
/// w, deep d, tap k) lies at w·wide_step + d·deep_step + k·tap_step; wide channels [first, last).
template <class F, class P>
void transform_kernel(const float* kernel, i64 wide, i64 deep, i64 wide_step, i64 deep_step,
                      i64 tap_step, i64 first, i64 last, void* transformed) {
    auto* u = static_cast<typename P::Number*>(transformed);
    for (i64 w = first; w < last; w += 16) {
        for (i64 d = 0; d < deep; ++d) {
            const float* from = kernel + w * wide_step + d * deep_step;
            auto* to = u + w / block * block * deep;
            transform_both<F::taps, F::positions, Lane16>(
                [](auto& a, auto& b) { F::transform_kernel(a, b); },
                [&](int i, int j) {
                    const float* tap = from + (i * F::taps + j) * tap_step;
                    return wide_step == 1 ? load_as<Lane16>(tap) : gather(tap, wide_step);
                },
                [&](int i, int j, Lane16 v) {
                    P::put_term(to + (i * F::positions + j) * wide * deep, d, w % block, v);
                });
        }
    }
}

template <class F, class P>
void transform_weights(const float* kernel, i64 in, i64 out, i64 first_out, i64 last_out, void* u) {
    transform_kernel<F, P>(kernel, out, in, F::taps * F::taps * in, 1, in, first_out, last_out, u);
}

/// Input and output change places, and the taps are turned around.
template <class P>
void same_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in,
                          void* u) {
    transform_kernel<SameFilter, P>(kernel + 8 * in, in, out, 1, 9 * in, -in, first_in, last_in, u);
}

/// UpAdjointFilter turns them around itself.
template <class P>
void up_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in, void* u) {
    transform_kernel<UpFilter, P>(kernel, in, out, 1, 4 * in, in, first_in, last_in, u);
}

template <class F>
void kernel_gradient(const float* du, i64 in, i64 out, i64 first_in, i64 last_in, float* gradient) {
    for (i64 c = first_in; c < last_in; c += 16) {
        for (i64 o = 0; o < out; ++o) {
            const float* from = du + (c / block * out + o) * block + c % block;
            float* to = gradient + o * F::taps * F::taps * in + c;
            transform_both<F::positions, F::taps, Lane16>(
                [](auto& a, auto& b) { F::kernel_gradient(a, b); },
                [&](int i, int j) {
                    return load_as<Lane16>(from + (i * F::positions + j) * in * out);
                },
                [&](int i, int j, Lane16 v) { store_as(to + (i * F::taps + j) * in, v); });
        }
    }
}

template <class F, class P, class T>
constexpr FilterPass<T> make_pass(decltype(FilterPass<T>::transform) transform) {
    return {F::step, F::output, transform, scratch_size<F, P, T>, convolve_tiles<F, P, T>};
}

/// For activations of type T and products P.
template <class T, class P>
constexpr Winograds<T> winograds{{SameFilter::taps, positions_of<SameFilter>,
                                  make_pass<SameFilter, P, T>(transform_weights<SameFilter, P>),
                                  make_pass<SameFilter, P, T>(same_adjoint_weights<P>),
                                  add_gradient<SameFilter, P, T>, kernel_gradient<SameFilter>},
                                 {UpFilter::taps, positions_of<UpFilter>,
                                  make_pass<UpFilter, P, T>(transform_weights<UpFilter, P>),
                                  make_pass<UpAdjointFilter, P, T>(up_adjoint_weights<P>),
                                  add_gradient<UpFilter, P, T>, kernel_gradient<UpFilter>}};

}  // namespace
}  // namespace msunet::model::kernels
