// SPDX-License-Identifier: Apache-2.0
/// \file
/// ReLU and BatchNorm backward, with pooling and dropout.
#pragma once

#include "model/kernels/vectors.hpp"

namespace msunet::model::kernels {
namespace {

/// A gradient's source, with the place of each pixel of a chunk in the pooled image.
template <class T>
struct ChunkSource {
    const GradientSource<T>& source;
    i64 pooled_pixel[chunk_pixels];
    int quarter[chunk_pixels];

    ChunkSource(const GradientSource<T>& s, i64 begin, i64 end) : source(s) {
        if (s.pooled == nullptr) return;
        i64 row = begin / s.width, column = begin % s.width;
        for (i64 p = begin; p < end; ++p) {
            // Heights are even, so each pair of rows belongs to one image.
            pooled_pixel[p - begin] = (row / 2) * (s.width / 2) + column / 2;
            quarter[p - begin] = static_cast<int>((row & 1) * 2 + (column & 1));
            if (++column == s.width) {
                column = 0;
                ++row;
            }
        }
    }
};

/// Prefetches the gradient of pixels [begin, end). Where it is pooled or part of a concatenation,
/// its rows are apart and the processor's own prefetching fails. Always inlined: GCC 12 considers a
/// function that only prefetches to have no effect and removes the calls.
template <class T>
[[gnu::always_inline]] inline void prefetch(const GradientSource<T>& s, i64 begin, i64 end,
                                            i64 channels) {
    constexpr i64 line = 64 / static_cast<i64>(sizeof(T));
    for (i64 p = begin; p < end; ++p) {
        for (i64 c = 0; s.gradient != nullptr && c < channels; c += line) {
            __builtin_prefetch(s.gradient + p * s.stride + s.offset + c);
        }
    }
    if (s.pooled == nullptr || begin == end) return;
    // Two rows of pixels share a pooled row.
    const i64 from = (begin / s.width / 2) * (s.width / 2) + begin % s.width / 2;
    for (i64 c = 0; c < (end - begin) / 2 * channels; c += line) {
        __builtin_prefetch(s.pooled + from * channels + c);
    }
}

template <class T, bool Dense, bool Bits, bool Pool>
inline Vector<T> gradient_at(const ChunkSource<T>& chunk, i64 first, i64 p, i64 c, i64 channels) {
    const GradientSource<T>& s = chunk.source;
    Vector<T> dy{};
    if constexpr (Dense) {
        const i64 at = p * s.stride + s.offset + c;
        dy = load(s.gradient + at);
        if constexpr (Bits) {
            dy = kept<T>(s.bits, at) ? dy * s.keep_scale : Vector<T>{};
        }
    }
    if constexpr (Pool) {
        const i64 at = chunk.pooled_pixel[p - first] * channels + c;
        const auto hit = equals<T>(s.pool_index + at, chunk.quarter[p - first]);
        dy += hit ? load(s.pooled + at) : Vector<T>{};
    }
    return dy;
}

/// Calls `F::template run<Dense, Bits, Pool>` for those parts that the source has.
template <class F, class T, class... Args>
void with_parts(const GradientSource<T>& s, Args... args) {
    if (s.gradient == nullptr) return F::template run<false, false, true>(args...);
    if (s.pooled != nullptr) {
        if (s.bits != nullptr) return F::template run<true, true, true>(args...);
        return F::template run<true, false, true>(args...);
    }
    if (s.bits != nullptr) return F::template run<true, true, false>(args...);
    return F::template run<true, false, false>(args...);
}

template <class T>
struct BackwardSums {
    template <bool Dense, bool Bits, bool Pool>
    static void run(const T* z, i64 begin, i64 end, i64 channels, const GradientSource<T>* source,
                    double* sums) {
        constexpr int n = Lanes<T>::count;
        for (i64 first = begin; first < end; first += chunk_pixels) {
            const i64 last = first + chunk_pixels < end ? first + chunk_pixels : end;
            const ChunkSource<T> chunk(*source, first, last);
            prefetch(*source, last, last + chunk_pixels < end ? last + chunk_pixels : end,
                     channels);
            for (i64 c = 0; c < channels; c += block) {
                Accumulator<T> s[vectors_per_block<T>], q[vectors_per_block<T>];
                for (i64 p = first; p < last; ++p) {
                    for (int k = 0; k < vectors_per_block<T>; ++k) {
                        const i64 at = c + k * n;
                        const Vector<T> dy =
                            gradient_at<T, Dense, Bits, Pool>(chunk, first, p, at, channels);
                        s[k].add(dy);
                        q[k].add_product(dy, relu(load(z + p * channels + at)));
                    }
                }
                for (int k = 0; k < vectors_per_block<T>; ++k) {
                    s[k].flush(sums + c + k * n);
                    q[k].flush(sums + channels + c + k * n);
                }
            }
        }
    }
};

template <class T>
void norm_backward_sums(const T* z, i64 begin, i64 end, i64 channels,
                        const GradientSource<T>& source, double* sums) {
    with_parts<BackwardSums<T>>(source, z, begin, end, channels, &source, sums);
}

template <class T>
struct Backward {
    template <bool Dense, bool Bits, bool Pool>
    static void run(T* z, i64 begin, i64 end, i64 channels, const GradientSource<T>* source,
                    const Arithmetic<T>* scale, const Arithmetic<T>* correction, double* bias) {
        constexpr int n = Lanes<T>::count;
        for (i64 first = begin; first < end; first += chunk_pixels) {
            const i64 last = first + chunk_pixels < end ? first + chunk_pixels : end;
            const ChunkSource<T> chunk(*source, first, last);
            prefetch(*source, last, last + chunk_pixels < end ? last + chunk_pixels : end,
                     channels);
            for (i64 c = 0; c < channels; c += n) {
                const Vector<T> g = load_arithmetic<T>(scale + c),
                                c0 = load_arithmetic<T>(correction + c),
                                c1 = load_arithmetic<T>(correction + channels + c);
                Accumulator<T> sum;
                for (i64 p = first; p < last; ++p) {
                    const Vector<T> a = load(z + p * channels + c);
                    const Vector<T> dy =
                        gradient_at<T, Dense, Bits, Pool>(chunk, first, p, c, channels);
                    const Vector<T> dz = a > 0 ? g * dy - c0 - c1 * a : Vector<T>{};
                    sum.add(dz);
                    store(z + p * channels + c, dz);
                }
                sum.flush(bias + c);
            }
        }
    }
};

template <class T>
void norm_backward(T* z, i64 begin, i64 end, i64 channels, const GradientSource<T>& source,
                   const Arithmetic<T>* scale, const Arithmetic<T>* correction, double* bias) {
    with_parts<Backward<T>>(source, z, begin, end, channels, &source, scale, correction, bias);
}

}  // namespace
}  // namespace msunet::model::kernels
