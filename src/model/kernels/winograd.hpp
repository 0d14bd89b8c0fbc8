// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions and the gradients of their kernels by Winograd's algorithm (Lavin and Gray, "Fast
/// algorithms for convolutional neural networks", CVPR 2016).
///
/// A tile of the output depends on a few pixels of the input. Transforms take these to so-called
/// positions, where the convolution is a product of matrices (tiles, in) · (in, out), one for each
/// position: 36 multiplications for 16 pixels instead of 144, or, in small tiles, 16 for four
/// instead of 36. Tiles are processed in chunks whose products stay in the second-level cache.
#pragma once

#include <array>

#include "model/kernels/winograd_kernel.hpp"
#include "model/kernels/winograd_tiles.hpp"

namespace msunet::model::kernels {
namespace {

/// A thread's scratch memory.
template <class F, class P, class T>
struct Scratch {
    using Number = typename P::Number;

    Number* input;     ///< transforms of the input
    float* output;     ///< products, or
    Number* gradient;  ///< transforms of the gradient, in the same place
    T* zeros;

    // Sizes are in bytes.
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

template <class F, class P, class T>
constexpr WinogradPass<T> make_pass(decltype(WinogradPass<T>::transform) transform) {
    return {F::step, F::output, transform, scratch_size<F, P, T>, convolve_tiles<F, P, T>};
}

template <class F, class P, class T>
constexpr Winograd<T> make_same() {
    return {F::taps,
            positions_of<F>,
            make_pass<F, P, T>(transform_weights<F, P>),
            make_pass<F, P, T>(same_adjoint_weights<F, P>),
            add_gradient<F, P, T>,
            kernel_gradient<F>};
}

template <class P, class T>
constexpr auto all_same = [] {
    constexpr auto small = make_same<SameTransform, P, T>();
    if constexpr (P::terms == 1) {
        return std::array{make_same<WideTransform, P, T>(), small};
    } else {
        // Rounded to bfloat16, the transforms of large tiles would be too coarse.
        return std::array{small};
    }
}();
template <class P, class T>
constexpr Winograd<T> all_up[]{{UpTransform::taps, positions_of<UpTransform>,
                                make_pass<UpTransform, P, T>(transform_weights<UpTransform, P>),
                                make_pass<UpAdjointTransform, P, T>(up_adjoint_weights<P>),
                                add_gradient<UpTransform, P, T>, kernel_gradient<UpTransform>}};

/// Winograd's algorithm for activations of type T with products P.
template <class T, class P>
constexpr Winograds<T> winograds{all_same<P, T>, all_up<P, T>};

}  // namespace
}  // namespace msunet::model::kernels
