// SPDX-License-Identifier: Apache-2.0
// Convolutions and the gradients of their kernels by minimal filtering (Winograd; Lavin and Gray,
// "Fast algorithms for convolutional neural networks", CVPR 2016). Part of avx2.cpp and avx512.cpp,
// after body.hpp.
//
// A tile of the output depends on a few pixels of the input. A transform takes these to positions, in
// which the convolution is a product of matrices (tiles, in) · (in, out), one a position: 16
// multiplications for four pixels instead of 36. Tiles are taken in chunks, whose products stay in
// the second cache.

namespace msunet::model::kernels {
namespace {

#if defined(__AVX512F__)
using Lane = Lanes<float>::Vector;
/// Rows of a product that stay in registers, two vectors each.
constexpr int product_rows = 12, gradient_rows = 8;
#else
using Lane = Floats8;
constexpr int product_rows = 6, gradient_rows = 4;
#endif
constexpr i64 lane = sizeof(Lane) / sizeof(float);
constexpr i64 chunk_tiles = 24;

/// 3×3 to 2×2 pixels, F(2×2, 3×3). Filters in one dimension; in two each is used twice.
struct SameFilter {
    static constexpr int taps = 3;
    static constexpr int input = 4;      ///< pixels that a tile depends on
    static constexpr int positions = 4;  ///< numbers of their transform
    static constexpr int output = 2;     ///< pixels of a tile
    static constexpr int step = 2;       ///< input pixels from tile to tile
    static constexpr int offset = -1;    ///< first input pixel of the first tile

    template <class V>
    static void transform_input(const V (&x)[input], V (&to)[positions]) {
        to[0] = x[0] - x[2];
        to[1] = x[1] + x[2];
        to[2] = x[2] - x[1];
        to[3] = x[1] - x[3];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0] + m[1] + m[2];
        to[1] = m[1] - m[2] - m[3];
    }
    template <class V>
    static void transform_gradient(const V (&dy)[output], V (&to)[positions]) {
        to[0] = dy[0];
        to[1] = dy[0] + dy[1];
        to[2] = dy[0] - dy[1];
        to[3] = -dy[1];
    }
    template <class V>
    static void transform_kernel(const V (&w)[taps], V (&to)[positions]) {
        const V ends = (w[0] + w[2]) * 0.5F, middle = w[1] * 0.5F;
        to[0] = w[0];
        to[1] = ends + middle;
        to[2] = ends - middle;
        to[3] = w[2];
    }
    template <class V>
    static void kernel_gradient(const V (&du)[positions], V (&to)[taps]) {
        const V sum = (du[1] + du[2]) * 0.5F;
        to[0] = du[0] + sum;
        to[1] = (du[1] - du[2]) * 0.5F;
        to[2] = du[3] + sum;
    }
};

/// Each pixel doubled, then two taps w₀, w₁: y₀ = (w₀ + w₁)·x₀ and y₁ = w₀·x₀ + w₁·x₁, which is
/// y₀ + w₁·(x₁ − x₀).
struct UpFilter {
    static constexpr int taps = 2, input = 2, positions = 2, output = 2, step = 1, offset = 0;

    template <class V>
    static void transform_input(const V (&x)[input], V (&to)[positions]) {
        to[0] = x[0];
        to[1] = x[1] - x[0];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0];
        to[1] = m[0] + m[1];
    }
    template <class V>
    static void transform_gradient(const V (&dy)[output], V (&to)[positions]) {
        to[0] = dy[0] + dy[1];
        to[1] = dy[1];
    }
    template <class V>
    static void transform_kernel(const V (&w)[taps], V (&to)[positions]) {
        to[0] = w[0] + w[1];
        to[1] = w[1];
    }
    template <class V>
    static void kernel_gradient(const V (&du)[positions], V (&to)[taps]) {
        to[0] = du[0];
        to[1] = du[0] + du[1];
    }
};

/// The adjoint of that, a tile of one pixel: dx₀ = (w₀ + w₁)·(dy₀ + dy₁) + w₁·(dy₋₁ − dy₁).
struct UpAdjointFilter : UpFilter {
    static constexpr int input = 3, output = 1, step = 2, offset = -1;

    template <class V>
    static void transform_input(const V (&dy)[input], V (&to)[positions]) {
        to[0] = dy[1] + dy[2];
        to[1] = dy[0] - dy[2];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0] + m[1];
    }
};

template <class F>
constexpr int positions_of = F::positions * F::positions;

/// Between two positions of a chunk. The cache line more keeps them apart: at multiples of 4 KiB all
/// would fall on one set of the first cache.
inline i64 pitch(i64 channels) { return chunk_tiles * channels + 16; }

/// Channel `c` of tile `t` within a position of a chunk: (channels / 32, tiles, 32).
inline i64 place(i64 t, i64 c) { return (c / block * chunk_tiles + t) * block + c % block; }

template <class V>
inline V load_as(const float* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
template <class V>
inline void store_as(float* p, V v) {
    __builtin_memcpy(p, &v, sizeof v);
}

/// A transform along both dimensions: N×N vectors, those of row i and column j by load(i, j), to M×M
/// by store(i, j, vector).
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

/// out (Rows, 32) = Σ a · b, b (blocks·Length, 32). Row r and term k of a block of `a` lie at
/// r·RowStep + k·Step. With Add it adds to what is there.
template <int Rows, i64 RowStep, i64 Step, i64 Length, bool Add>
inline void multiply(const float* a, i64 a_pitch, const float* b, i64 blocks, float* out) {
    for (i64 first = 0; first < block; first += 2 * lane) {
        Lane sums[Rows][2];
        for (int r = 0; r < Rows; ++r) {
            for (int j = 0; j < 2; ++j) {
                sums[r][j] = Add ? load_as<Lane>(out + r * block + first + j * lane) : Lane{};
            }
        }
        const float* p = a;
        const float* q = b + first;
        for (i64 i = 0; i < blocks; ++i, p += a_pitch) {
            for (i64 k = 0; k < Length; ++k, q += block) {
                const Lane b0 = load_as<Lane>(q), b1 = load_as<Lane>(q + lane);
                for (int r = 0; r < Rows; ++r) {
                    // Subtracting 0 leaves every number as it is, and the compiler knows.
                    const Lane factor = p[r * RowStep + k * Step] - Lane{};
                    sums[r][0] += factor * b0;
                    sums[r][1] += factor * b1;
                }
            }
        }
        for (int r = 0; r < Rows; ++r) {
            for (int j = 0; j < 2; ++j) store_as(out + r * block + first + j * lane, sums[r][j]);
        }
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
inline void clear_rest(float* to, int positions, i64 count, i64 channels) {
    for (int p = 0; p < positions && count < chunk_tiles; ++p) {
        for (i64 c = 0; c < channels; c += block) {
            __builtin_memset(
                to + p * pitch(channels) + place(count, c), 0,
                static_cast<std::size_t>((chunk_tiles - count) * block) * sizeof(float));
        }
    }
}

/// Channels [first_in, last_in) of the input of `count` tiles; `zeros`: as many zeros.
template <class F>
void transform_input(const float* x, const TiledShape& shape, i64 first_tile, i64 count,
                     i64 first_in, i64 last_in, const float* zeros, float* to) {
    const i64 channels = last_in - first_in, width = shape.across * F::step,
              height = shape.down * F::step;
    for (i64 t = 0; t < count; ++t) {
        const Tile tile(shape, first_tile + t);
        const float* from[F::input][F::input];
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
            float* first = to + place(t, c);
            transform_both<F::input, F::positions, Lane>(
                [](auto& a, auto& b) { F::transform_input(a, b); },
                [&](int i, int j) { return load_as<Lane>(from[i][j] + c); },
                [&](int i, int j, Lane v) {
                    store_as(first + (i * F::positions + j) * pitch(channels), v);
                });
        }
    }
    clear_rest(to, positions_of<F>, count, channels);
}

template <class F>
void transform_gradient(const float* dz, const TiledShape& shape, i64 first_tile, i64 count,
                        float* to) {
    const i64 line = shape.across * F::output * shape.out;
    for (i64 t = 0; t < count; ++t) {
        const float* from = dz + Tile(shape, first_tile + t).pixel(shape, F::output) * shape.out;
        for (i64 c = 0; c < shape.out; c += lane) {
            float* first = to + place(t, c);
            transform_both<F::output, F::positions, Lane>(
                [](auto& a, auto& b) { F::transform_gradient(a, b); },
                [&](int i, int j) { return load_as<Lane>(from + i * line + j * shape.out + c); },
                [&](int i, int j, Lane v) {
                    store_as(first + (i * F::positions + j) * pitch(shape.out), v);
                });
        }
    }
    clear_rest(to, positions_of<F>, count, shape.out);
}

template <class F>
void write_output(const float* m, const float* bias, const TiledShape& shape, i64 first_tile,
                  i64 count, float* z) {
    const i64 line = shape.across * F::output * shape.out;
    for (i64 t = 0; t < count; ++t) {
        float* to = z + Tile(shape, first_tile + t).pixel(shape, F::output) * shape.out;
        for (i64 c = 0; c < shape.out; c += lane) {
            const float* first = m + place(t, c);
            const Lane b = bias == nullptr ? Lane{} : load_as<Lane>(bias + c);
            transform_both<F::positions, F::output, Lane>(
                [](auto& a, auto& d) { F::transform_output(a, d); },
                [&](int i, int j) {
                    return load_as<Lane>(first + (i * F::positions + j) * pitch(shape.out));
                },
                [&](int i, int j, Lane v) { store_as(to + i * line + j * shape.out + c, v + b); });
        }
    }
}

/// The parts of a thread's scratch memory.
template <class F>
struct Scratch {
    float *input, *output, *zeros;

    static i64 size(i64 in, i64 out) { return positions_of<F> * (pitch(in) + pitch(out)) + in; }

    Scratch(const TiledShape& shape, float* memory)
        : input(memory),
          output(input + positions_of<F> * pitch(shape.in)),
          zeros(output + positions_of<F> * pitch(shape.out)) {
        for (i64 c = 0; c < shape.in; ++c) zeros[c] = 0;
    }
};

template <class F>
i64 scratch_size(i64 in, i64 out) {
    return Scratch<F>::size(in, out);
}

template <class F>
void convolve_tiles(const float* x, const float* u, const float* bias, const TiledShape& shape,
                    i64 first_tile, i64 last_tile, float* z, float* memory) {
    const Scratch<F> scratch(shape, memory);
    for (i64 tile = first_tile; tile < last_tile; tile += chunk_tiles) {
        const i64 left = last_tile - tile, count = left < chunk_tiles ? left : chunk_tiles;
        transform_input<F>(x, shape, tile, count, 0, shape.in, scratch.zeros, scratch.input);
        for (int p = 0; p < positions_of<F>; ++p) {
            const float* a = scratch.input + p * pitch(shape.in);
            for (i64 o = 0; o < shape.out; o += block) {
                const float* b = u + (p * shape.out + o) * shape.in;
                float* to = scratch.output + p * pitch(shape.out) + place(0, o);
                for (i64 t = 0; t < count; t += product_rows) {
                    multiply<product_rows, block, 1, block, false>(
                        a + t * block, chunk_tiles * block, b, shape.in / block, to + t * block);
                }
            }
        }
        write_output<F>(scratch.output, bias, shape, tile, count, z);
    }
}

template <class F>
void add_gradient(const float* x, const float* dz, const TiledShape& shape, i64 first_tile,
                  i64 last_tile, i64 first_in, i64 last_in, float* du, float* memory) {
    const Scratch<F> scratch(shape, memory);
    const i64 channels = last_in - first_in;
    for (i64 tile = first_tile; tile < last_tile; tile += chunk_tiles) {
        const i64 left = last_tile - tile, count = left < chunk_tiles ? left : chunk_tiles;
        transform_input<F>(x, shape, tile, count, first_in, last_in, scratch.zeros, scratch.input);
        transform_gradient<F>(dz, shape, tile, count, scratch.output);
        for (int p = 0; p < positions_of<F>; ++p) {
            const float* input = scratch.input + p * pitch(channels);
            const float* gradient = scratch.output + p * pitch(shape.out);
            for (i64 c = 0; c < channels; c += block) {
                float* to = du + (p * shape.in + first_in + c) * shape.out;
                for (i64 o = 0; o < shape.out; o += gradient_rows) {
                    multiply<gradient_rows, 1, block, chunk_tiles, true>(
                        gradient + place(0, o), 0, input + place(0, c), 1, to + o * block);
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

/// Transform (positions, wide / 32, deep, 32) of a kernel whose number for (wide w, deep d, tap k)
/// lies at w·wide_step + d·deep_step + k·tap_step; wide channels [first, last).
template <class F>
void transform_kernel(const float* kernel, i64 wide, i64 deep, i64 wide_step, i64 deep_step,
                      i64 tap_step, i64 first, i64 last, float* u) {
    for (i64 w = first; w < last; w += 16) {
        for (i64 d = 0; d < deep; ++d) {
            const float* from = kernel + w * wide_step + d * deep_step;
            float* to = u + (w / block * deep + d) * block + w % block;
            transform_both<F::taps, F::positions, Lane16>(
                [](auto& a, auto& b) { F::transform_kernel(a, b); },
                [&](int i, int j) {
                    const float* tap = from + (i * F::taps + j) * tap_step;
                    return wide_step == 1 ? load_as<Lane16>(tap) : gather(tap, wide_step);
                },
                [&](int i, int j, Lane16 v) {
                    store_as(to + (i * F::positions + j) * wide * deep, v);
                });
        }
    }
}

template <class F>
void transform_weights(const float* kernel, i64 in, i64 out, i64 first_out, i64 last_out,
                       float* u) {
    transform_kernel<F>(kernel, out, in, F::taps * F::taps * in, 1, in, first_out, last_out, u);
}

/// Input and output change places, and the taps are turned around.
void same_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in,
                          float* u) {
    transform_kernel<SameFilter>(kernel + 8 * in, in, out, 1, 9 * in, -in, first_in, last_in, u);
}

/// UpAdjointFilter turns them around itself.
void up_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in, float* u) {
    transform_kernel<UpFilter>(kernel, in, out, 1, 4 * in, in, first_in, last_in, u);
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

constexpr MinimalFilter same_filter{
    SameFilter::taps,
    positions_of<SameFilter>,
    {SameFilter::step, SameFilter::output, transform_weights<SameFilter>, scratch_size<SameFilter>,
     convolve_tiles<SameFilter>},
    {SameFilter::step, SameFilter::output, same_adjoint_weights, scratch_size<SameFilter>,
     convolve_tiles<SameFilter>},
    add_gradient<SameFilter>,
    kernel_gradient<SameFilter>};

constexpr MinimalFilter up_filter{
    UpFilter::taps,
    positions_of<UpFilter>,
    {UpFilter::step, UpFilter::output, transform_weights<UpFilter>, scratch_size<UpFilter>,
     convolve_tiles<UpFilter>},
    {UpAdjointFilter::step, UpAdjointFilter::output, up_adjoint_weights,
     scratch_size<UpAdjointFilter>, convolve_tiles<UpAdjointFilter>},
    add_gradient<UpFilter>,
    kernel_gradient<UpFilter>};

constexpr MinimalFilters minimal_filters{same_filter, up_filter};

}  // namespace
}  // namespace msunet::model::kernels
