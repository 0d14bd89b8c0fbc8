// SPDX-License-Identifier: Apache-2.0
/// \file
/// Winograd transforms of a convolution's kernel and of its gradient.
#pragma once

#include "model/kernels/products.hpp"
#include "model/kernels/winograd_tiles.hpp"
#include "model/kernels/winograd_transforms.hpp"

namespace msunet::model::kernels {
namespace {

/// A vector of numbers at a distance of `step`.
inline Floats gather(const float* from, i64 step) {
    Floats v;
    for (int i = 0; i < lanes; ++i) v[i] = from[i * step];
    return v;
}

/// Transforms wide channels [first, last) of a kernel to (positions, wide / 32, deep, 32), with
/// `deep` as terms. The number of the kernel for wide w, deep d and tap k is at w·wide_step +
/// d·deep_step + k·tap_step.
template <class F, class P>
void transform_kernel(const float* kernel, i64 wide, i64 deep, i64 wide_step, i64 deep_step,
                      i64 tap_step, i64 first, i64 last, void* transformed) {
    auto* u = static_cast<typename P::Number*>(transformed);
    for (i64 w = first; w < last; w += lanes) {
        for (i64 d = 0; d < deep; ++d) {
            const float* from = kernel + w * wide_step + d * deep_step;
            auto* to = u + w / block * block * deep;
            transform_both<F::taps, F::positions>(
                [](auto& a, auto& b) { F::transform_kernel(a, b); },
                [&](int i, int j) {
                    const float* tap = from + (i * F::taps + j) * tap_step;
                    return wide_step == 1 ? load(tap) : gather(tap, wide_step);
                },
                [&](int i, int j, Floats v) {
                    P::put_term(to + (i * F::positions + j) * wide * deep, d, w % block, v);
                });
        }
    }
}

template <class F, class P>
void transform_weights(const float* kernel, i64 in, i64 out, i64 first_out, i64 last_out, void* u) {
    transform_kernel<F, P>(kernel, out, in, F::taps * F::taps * in, 1, in, first_out, last_out, u);
}

/// Input and output are exchanged, and the taps are in reverse order.
template <class F, class P>
void same_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in,
                          void* u) {
    transform_kernel<F, P>(kernel + 8 * in, in, out, 1, 9 * in, -in, first_in, last_in, u);
}

/// UpAdjointTransform reverses them itself.
template <class P>
void up_adjoint_weights(const float* kernel, i64 in, i64 out, i64 first_in, i64 last_in, void* u) {
    transform_kernel<UpTransform, P>(kernel, in, out, 1, 4 * in, in, first_in, last_in, u);
}

template <class F>
void kernel_gradient(const float* du, i64 in, i64 out, i64 first_in, i64 last_in, float* gradient) {
    for (i64 c = first_in; c < last_in; c += lanes) {
        for (i64 o = 0; o < out; ++o) {
            const float* from = du + (c / block * out + o) * block + c % block;
            float* to = gradient + o * F::taps * F::taps * in + c;
            transform_both<F::positions, F::taps>(
                [](auto& a, auto& b) { F::kernel_gradient(a, b); },
                [&](int i, int j) { return load(from + (i * F::positions + j) * in * out); },
                [&](int i, int j, Floats v) { store(to + (i * F::taps + j) * in, v); });
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels
