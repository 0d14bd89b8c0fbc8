// SPDX-License-Identifier: Apache-2.0
// The kernels, for the instruction set that the including file is compiled for. No include guard:
// it belongs to no other file. Everything here has internal linkage.

#include "model/kernels/table.hpp"
#include "model/kernels/vectors.hpp"

// After the vectors, of which it is made.
#include "model/kernels/thin_convolutions.hpp"

namespace msunet::model::kernels {
namespace {

/// Where the parts of a chunk's gradient lie, pixel by pixel.
template <class T>
struct ChunkSource {
    const GradientSource<T>& source;
    i64 pooled_pixel[chunk_pixels];
    int quarter[chunk_pixels];

    ChunkSource(const GradientSource<T>& s, i64 begin, i64 end) : source(s) {
        if (s.pooled == nullptr) return;
        i64 row = begin / s.width, column = begin % s.width;
        for (i64 p = begin; p < end; ++p) {
            // Heights are even, so that rows of all images pair up.
            pooled_pixel[p - begin] = (row / 2) * (s.width / 2) + column / 2;
            quarter[p - begin] = static_cast<int>((row & 1) * 2 + (column & 1));
            if (++column == s.width) {
                column = 0;
                ++row;
            }
        }
    }
};

/// Asks for the gradient's part of pixels [begin, end). Its rows lie apart where it is part of a
/// concatenation or pooled, and the processor does not foresee that. Inlined by force: GCC 12 finds
/// a function that only prefetches to be without effect and drops its calls.
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
    // Two rows of pixels share a row of pooled ones.
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
                Vector<T> y = relu(load(z + p * channels + c)) * g + b;
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
            // As norm_forward_as has them, so that both give the same bits.
            const Vector<T> kept_g = g * target.keep_scale, kept_b = b * target.keep_scale;
            Vector<T> best{};
            Mask<T> index{};
            for (int k = 0; k < 4; ++k) {
                const Vector<T> a = relu(load(z + pixel[k] * channels + c));
                // The maximum is taken of what would have been stored.
                const Vector<T> y = rounded<T>(a * g + b);
                if (target.out != nullptr) {
                    const i64 to = pixel[k] * target.stride + target.offset + c;
                    if constexpr (Bits) {
                        store(target.out + to,
                              kept<T>(target.bits, to) ? a * kept_g + kept_b : Vector<T>{});
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

/// Calls `F::template run<Dense, Bits, Pool>` for the parts that the source has.
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

/// Philox4x32-10 on the counters c0 + i, i = 0 … 15.
constexpr int lanes = 16;
struct Block {
    Words16 word[4];
};

inline Block philox(std::uint32_t c0, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3,
                    std::uint64_t key) {
    Words16 x0 = Words16{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + c0;
    Words16 x1 = Words16{} + c1, x2 = Words16{} + c2, x3 = Words16{} + c3;
    auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32U);
    for (int round = 0; round < 10; ++round) {
        const Product a = multiply(x0, 0xD2511F53U), b = multiply(x2, 0xCD9E8D57U);
        x0 = b.high ^ x1 ^ k0;
        x1 = b.low;
        x2 = a.high ^ x3 ^ k1;
        x3 = a.low;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    return {{x0, x1, x2, x3}};
}

void dropout(std::uint32_t* bits, i64 begin, i64 words, std::uint32_t rate, std::uint64_t key,
             std::uint32_t layer, std::uint32_t sample, std::uint32_t step) {
    for (i64 first = begin; first < begin + words; first += 4 * lanes) {
        Block dropped{};
        for (int plane = __builtin_ctz(rate); plane < 24; ++plane) {
            const Block random =
                philox(static_cast<std::uint32_t>(first / 4),
                       layer + 256U * static_cast<unsigned>(plane), sample, step, key);
            const bool join = ((rate >> plane) & 1U) != 0;
            for (int w = 0; w < 4; ++w) {
                dropped.word[w] =
                    join ? dropped.word[w] | random.word[w] : dropped.word[w] & random.word[w];
            }
        }
        for (int i = 0; i < lanes; ++i) {
            const i64 to = first - begin + 4 * i;
            if (to >= words) break;
            for (int w = 0; w < 4; ++w) bits[to + w] = ~dropped.word[w][i];
        }
    }
}

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

constexpr Kernels make_kernels(const Winograds<float>* float32_filters,
                               const Winograds<Bf16>* bfloat16_filters) {
    return {make_table<float>(), make_table<double>(), make_table<Bf16>(), dropout,
            adam<float>,         adam<double>,         float32_filters,    bfloat16_filters};
}

}  // namespace
}  // namespace msunet::model::kernels
