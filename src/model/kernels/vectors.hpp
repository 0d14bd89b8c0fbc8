// SPDX-License-Identifier: Apache-2.0
/// \file
/// Short vectors by the compiler's vector extension, and conversions between types.
///
/// All kernels are compiled once for each instruction set, so everything in their headers has
/// internal linkage: no code of one instruction set can be linked into another.
#pragma once

#include "model/kernels/table.hpp"

namespace msunet::model::kernels {
namespace {

using i64 = std::int64_t;
/// Pixels that a kernel processes block of channels by block, so that they stay in the cache.
constexpr i64 chunk_pixels = 32;
constexpr i64 block = 32;

template <class T>
struct Lanes {
    static constexpr int count = 16;
    using Vector = float __attribute__((vector_size(64)));
    using Mask = std::int32_t __attribute__((vector_size(64)));
};
template <>
struct Lanes<double> {
    static constexpr int count = 8;
    using Vector = double __attribute__((vector_size(64)));
    using Mask = std::int64_t __attribute__((vector_size(64)));
};
template <class T>
using Vector = typename Lanes<T>::Vector;
template <class T>
using Mask = typename Lanes<T>::Mask;

using Floats8 = float __attribute__((vector_size(32)));
using Doubles8 = double __attribute__((vector_size(64)));
using Shorts16 = std::uint16_t __attribute__((vector_size(32)));
using Words16 = std::uint32_t __attribute__((vector_size(64)));
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Bytes8 = std::uint8_t __attribute__((vector_size(8)));

template <class T>
constexpr int vectors_per_block = static_cast<int>(block) / Lanes<T>::count;

inline float widen(Bf16 x) {
    const std::uint32_t word = static_cast<std::uint32_t>(x.bits) << 16U;
    float value;
    __builtin_memcpy(&value, &word, sizeof value);
    return value;
}
inline float widen(float x) { return x; }
inline double widen(double x) { return x; }

inline Lanes<float>::Vector load(const float* p) {
    Lanes<float>::Vector v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
inline Lanes<double>::Vector load(const double* p) {
    Lanes<double>::Vector v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
inline Lanes<float>::Vector load(const Bf16* p) {
    Shorts16 s;
    __builtin_memcpy(&s, p, sizeof s);
    const Words16 w = __builtin_convertvector(s, Words16) << 16;
    return reinterpret_cast<Lanes<float>::Vector>(w);
}

template <class T>
inline Vector<T> load_arithmetic(const Arithmetic<T>* p) {
    return load(p);
}

inline void store(float* p, Lanes<float>::Vector v) { __builtin_memcpy(p, &v, sizeof v); }
inline void store(double* p, Lanes<double>::Vector v) { __builtin_memcpy(p, &v, sizeof v); }

/// Vectors of integers for a vector of floats: of the same width and of half the width.
template <class V>
struct WordsOf {
    using Words = Words16;
    using Halves = Shorts16;
};
template <>
struct WordsOf<Floats8> {
    using Words = std::uint32_t __attribute__((vector_size(32)));
    using Halves = std::uint16_t __attribute__((vector_size(16)));
};

/// Rounds to the nearest bfloat16, ties to even; NaN stays NaN.
template <class V>
inline typename WordsOf<V>::Words bf16_words(V v) {
    using Words = typename WordsOf<V>::Words;
    const Words w = reinterpret_cast<Words>(v);
    const Words nearest = (w + 0x7FFFU + ((w >> 16) & 1U)) >> 16;
    return v == v ? nearest : Words{} + 0x7FC0U;  // NOLINT(misc-redundant-expression): NaN
}
inline void store(Bf16* p, Lanes<float>::Vector v) {
    const Shorts16 s = __builtin_convertvector(bf16_words(v), Shorts16);
    __builtin_memcpy(p, &s, sizeof s);
}

/// The same for one number.
template <class T>
inline T narrow(Arithmetic<T> value) {
    if constexpr (sizeof(T) == sizeof(Bf16)) {
        return {static_cast<std::uint16_t>(bf16_words(Lanes<float>::Vector{} + value)[0])};
    } else {
        return value;
    }
}

/// The value after storing as T and loading again.
template <class T>
inline Vector<T> rounded(Vector<T> v) {
    if constexpr (sizeof(T) == sizeof(Bf16)) {
        return reinterpret_cast<Vector<T>>(bf16_words(v) << 16);
    } else {
        return v;
    }
}

/// max(v, 0), NaN stays NaN.
template <class V>
inline V relu(V v) {
    return v < 0 ? V{} : v;
}

/// Which elements from `at` on have their bit set; `at` is a multiple of the number of lanes.
template <class T>
inline Mask<T> kept(const std::uint32_t* bits, std::int64_t at) {
    constexpr int n = Lanes<T>::count;
    const std::uint32_t word = bits[at / 32] >> (at % 32);
    Mask<T> lane;
    for (int i = 0; i < n; ++i) lane[i] = 1LL << i;
    return (lane & static_cast<std::int32_t>(word & ((1U << n) - 1U))) != 0;
}

/// Which bytes equal a number.
template <class T>
inline Mask<T> equals(const std::uint8_t* p, int number) {
    if constexpr (Lanes<T>::count == 16) {
        Bytes16 b;
        __builtin_memcpy(&b, p, sizeof b);
        return __builtin_convertvector(b, Mask<T>) == number;
    } else {
        Bytes8 b;
        __builtin_memcpy(&b, p, sizeof b);
        return __builtin_convertvector(b, Mask<T>) == number;
    }
}

template <class T>
inline void store_bytes(std::uint8_t* p, Mask<T> values) {
    if constexpr (Lanes<T>::count == 16) {
        const Bytes16 b = __builtin_convertvector(values, Bytes16);
        __builtin_memcpy(p, &b, sizeof b);
    } else {
        const Bytes8 b = __builtin_convertvector(values, Bytes8);
        __builtin_memcpy(p, &b, sizeof b);
    }
}

/// Sums in double, lane by lane.
template <class T>
struct Accumulator {
    Doubles8 low{}, high{};

    static Doubles8 lower(Vector<T> v) {
        return __builtin_convertvector(
            (Floats8)__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), Doubles8);
    }
    static Doubles8 upper(Vector<T> v) {
        return __builtin_convertvector(
            (Floats8)__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), Doubles8);
    }
    void add(Vector<T> v) {
        low += lower(v);
        high += upper(v);
    }
    void add_product(Vector<T> a, Vector<T> b) {
        low += lower(a) * lower(b);
        high += upper(a) * upper(b);
    }
    void flush(double* sums) const {
        for (int i = 0; i < 8; ++i) sums[i] += low[i];
        for (int i = 0; i < 8; ++i) sums[8 + i] += high[i];
    }
};
template <>
struct Accumulator<double> {
    Doubles8 sum{};

    void add(Vector<double> v) { sum += v; }
    void add_product(Vector<double> a, Vector<double> b) { sum += a * b; }
    void flush(double* sums) const {
        for (int i = 0; i < 8; ++i) sums[i] += sum[i];
    }
};

}  // namespace
}  // namespace msunet::model::kernels
