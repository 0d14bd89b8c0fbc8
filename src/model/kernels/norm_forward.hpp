// SPDX-License-Identifier: Apache-2.0
/// \file
/// ReLU and BatchNorm forward, with pooling and dropout.
#pragma once

#include "model/kernels/vectors.hpp"

namespace msunet::model::kernels {
namespace {

template <class T>
void relu_sums(const T* z, i64 begin, i64 end, i64 channels, double* sums) {
    constexpr int n = Lanes<T>::count;
    for (i64 first = begin; first < end; first += chunk_pixels) {
        const i64 last = first + chunk_pixels < end ? first + chunk_pixels : end;
        for (i64 c = 0; c < channels; c += block) {
            Accumulator<T> s[vectors_per_block<T>], q[vectors_per_block<T>];
            for (i64 p = first; p < last; ++p) {
                for (int k = 0; k < vectors_per_block<T>; ++k) {
                    const Vector<T> a = relu(load(z + p * channels + c + k * n));
                    s[k].add(a);
                    q[k].add_product(a, a);
                }
            }
            for (int k = 0; k < vectors_per_block<T>; ++k) {
                s[k].flush(sums + c + k * n);
                q[k].flush(sums + channels + c + k * n);
            }
        }
    }
}

template <class T, bool Bits>
void norm_forward_as(const T* z, i64 begin, i64 end, i64 channels, const Arithmetic<T>* scale,
                     const Arithmetic<T>* shift, const OutputTarget<T>& target) {
    constexpr int n = Lanes<T>::count;
    for (i64 first = begin; first < end; first += chunk_pixels) {
        const i64 last = first + chunk_pixels < end ? first + chunk_pixels : end;
        for (i64 c = 0; c < channels; c += n) {
            Vector<T> g = load_arithmetic<T>(scale + c), b = load_arithmetic<T>(shift + c);
            if constexpr (Bits) {
                g *= target.keep_scale;
                b *= target.keep_scale;
            }
            for (i64 p = first; p < last; ++p) {
                const i64 to = p * target.stride + target.offset + c;
                Vector<T> y = multiply_add(relu(load(z + p * channels + c)), g, b);
                if constexpr (Bits) y = kept<T>(target.bits, to) ? y : Vector<T>{};
                store(target.out + to, y);
            }
        }
    }
}

template <class T>
void norm_forward(const T* z, i64 begin, i64 end, i64 channels, const Arithmetic<T>* scale,
                  const Arithmetic<T>* shift, const OutputTarget<T>& target) {
    const auto run = target.bits != nullptr ? norm_forward_as<T, true> : norm_forward_as<T, false>;
    run(z, begin, end, channels, scale, shift, target);
}

template <class T, bool Bits>
void norm_pool_forward_as(const T* z, i64 begin, i64 end, i64 channels, const Arithmetic<T>* scale,
                          const Arithmetic<T>* shift, const OutputTarget<T>& target) {
    constexpr int n = Lanes<T>::count;
    const i64 half = target.width / 2;
    for (i64 q = begin; q < end; ++q) {
        const i64 corner = (q / half) * 2 * target.width + (q % half) * 2;
        const i64 pixel[4] = {corner, corner + 1, corner + target.width, corner + target.width + 1};
        for (i64 c = 0; c < channels; c += n) {
            const Vector<T> g = load_arithmetic<T>(scale + c), b = load_arithmetic<T>(shift + c);
            // In the order of norm_forward_as, so that both give the same bits.
            const Vector<T> kept_g = g * target.keep_scale, kept_b = b * target.keep_scale;
            Vector<T> best{};
            Mask<T> index{};
            for (int k = 0; k < 4; ++k) {
                const Vector<T> a = relu(load(z + pixel[k] * channels + c));
                // The maximum is that of the rounded values.
                const Vector<T> y = rounded<T>(multiply_add(a, g, b));
                if (target.out != nullptr) {
                    const i64 to = pixel[k] * target.stride + target.offset + c;
                    if constexpr (Bits) {
                        const Vector<T> scaled = multiply_add(a, kept_g, kept_b);
                        store(target.out + to, kept<T>(target.bits, to) ? scaled : Vector<T>{});
                    } else {
                        store(target.out + to, y);
                    }
                }
                if (k == 0) {
                    best = y;
                } else {
                    // NOLINTNEXTLINE(misc-redundant-expression): NaN wins
                    const auto larger = y > best || y != y;
                    best = larger ? y : best;
                    index = larger ? Mask<T>{} + k : index;
                }
            }
            store(target.pooled + q * channels + c, best);
            if (target.pool_index != nullptr)
                store_bytes<T>(target.pool_index + q * channels + c, index);
        }
    }
}

template <class T>
void norm_pool_forward(const T* z, i64 begin, i64 end, i64 channels, const Arithmetic<T>* scale,
                       const Arithmetic<T>* shift, const OutputTarget<T>& target) {
    const auto run =
        target.bits != nullptr ? norm_pool_forward_as<T, true> : norm_pool_forward_as<T, false>;
    run(z, begin, end, channels, scale, shift, target);
}

}  // namespace
}  // namespace msunet::model::kernels
