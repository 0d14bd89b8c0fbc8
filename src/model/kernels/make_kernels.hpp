// SPDX-License-Identifier: Apache-2.0
/// \file
/// All kernels of the instruction set that the including file is compiled for.
#pragma once

#include "model/kernels/dropout.hpp"
#include "model/kernels/norm_backward.hpp"
#include "model/kernels/norm_forward.hpp"
#include "model/kernels/thin_convolutions.hpp"

namespace msunet::model::kernels {
namespace {

inline float square_root(float x) { return __builtin_sqrtf(x); }
inline double square_root(double x) { return __builtin_sqrt(x); }

template <class T>
void adam(T* __restrict w, const T* __restrict g, T* __restrict m, T* __restrict v, i64 begin,
          i64 end, T alpha, T one_minus_beta1, T one_minus_beta2, T epsilon) {
    for (i64 i = begin; i < end; ++i) {
        m[i] += (g[i] - m[i]) * one_minus_beta1;
        v[i] += (g[i] * g[i] - v[i]) * one_minus_beta2;
        w[i] -= alpha * m[i] / (square_root(v[i]) + epsilon);
    }
}

template <class T>
constexpr Table<T> make_table() {
    return {relu_sums<T>,
            norm_forward<T>,
            norm_pool_forward<T>,
            norm_backward_sums<T>,
            norm_backward<T>,
            first_convolution<T>,
            first_convolution_weights<T>,
            last_convolution<T>,
            last_convolution_input<T>,
            last_convolution_weights<T>};
}

constexpr Kernels make_kernels(const Winograds<float>* float32_winograds,
                               const Winograds<Bf16>* bfloat16_winograds) {
    return {make_table<float>(), make_table<double>(), make_table<Bf16>(), dropout,
            adam<float>,         adam<double>,         float32_winograds,  bfloat16_winograds};
}

}  // namespace
}  // namespace msunet::model::kernels
