// SPDX-License-Identifier: Apache-2.0
/// \file
/// Short vectors by the compiler's vector extension, and conversions between types.
///
/// All kernels are compiled once for each instruction set, so everything in their headers has
/// internal linkage: no code of one instruction set can be linked into another.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <utility>

#include "model/kernels/table.hpp"

namespace msunet::model::kernels {
namespace {

using i64 = std::int64_t;
/// Pixels that a kernel processes block of channels by block, so that they stay in the cache.
constexpr i64 chunk_pixels = 32;
constexpr i64 block = channel_block;

/// The bytes of a vector register. GCC takes wider vectors apart number by number.
#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX2__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

template <class Number>
struct Register {
    static constexpr int count = register_bytes / static_cast<int>(sizeof(Number));
    using Vector [[gnu::vector_size(register_bytes)]] = Number;
};

/// The vectors for activations of type T.
template <class T>
struct Lanes : Register<float> {
    using Mask = Register<std::int32_t>::Vector;
};
template <>
struct Lanes<double> : Register<double> {
    using Mask = Register<std::int64_t>::Vector;
};
template <class T>
using Vector = typename Lanes<T>::Vector;
template <class T>
using Mask = typename Lanes<T>::Mask;

using Floats = Register<float>::Vector;
using Words = Register<std::uint32_t>::Vector;
using Doubles = Register<double>::Vector;
/// The numbers of a vector of 32 bits each.
constexpr int lanes = Register<float>::count;

/// A byte, and 16 bits, for each number of a vector.
template <class T>
struct SmallOf {
    using Bytes [[gnu::vector_size(Lanes<T>::count)]] = std::uint8_t;
    using Halfwords [[gnu::vector_size(2 * Lanes<T>::count)]] = std::uint16_t;
};

using Halfwords = SmallOf<float>::Halfwords;

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

template <class V, class T>
inline V load_as(const T* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
template <class V, class T>
inline void store_as(T* p, V v) {
    __builtin_memcpy(p, &v, sizeof v);
}

inline Floats load(const float* p) { return load_as<Floats>(p); }
inline Doubles load(const double* p) { return load_as<Doubles>(p); }
inline Floats load(const Bf16* p) {
    return reinterpret_cast<Floats>(__builtin_convertvector(load_as<Halfwords>(p), Words) << 16);
}

template <class T>
inline Vector<T> load_arithmetic(const Arithmetic<T>* p) {
    return load(p);
}

/// Rounds to the nearest bfloat16, ties to even; NaN stays NaN. The instruction of AVX512_BF16
/// takes subnormal numbers, less than 2⁻¹²⁶, for 0.
#if defined(__AVX512BF16__)
inline Halfwords bf16_halfwords(Floats v) { return (Halfwords)_mm512_cvtneps_pbh((__m512)v); }
inline Words bf16_words(Floats v) { return __builtin_convertvector(bf16_halfwords(v), Words); }
#else
inline Words bf16_words(Floats v) {
    const Words w = reinterpret_cast<Words>(v);
    const Words nearest = (w + 0x7FFFU + ((w >> 16) & 1U)) >> 16;
    return v == v ? nearest : Words{} + 0x7FC0U;  // NOLINT(misc-redundant-expression): NaN
}
inline Halfwords bf16_halfwords(Floats v) {
    return __builtin_convertvector(bf16_words(v), Halfwords);
}
#endif

inline void store(float* p, Floats v) { store_as(p, v); }
inline void store(double* p, Doubles v) { store_as(p, v); }
inline void store(Bf16* p, Floats v) { store_as(p, bf16_halfwords(v)); }

/// The same for one number.
template <class T>
inline T narrow(Arithmetic<T> value) {
    if constexpr (sizeof(T) == sizeof(Bf16)) {
        return {static_cast<std::uint16_t>(bf16_words(Floats{} + value)[0])};
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

// a·b + c, rounded once. In an expression the compiler decides, in each place anew, whether it
// fuses the two operations; what two kernels must compute with equal bits can't be left to it.
#if defined(__AVX512F__)
inline Floats multiply_add(Floats a, Floats b, Floats c) {
    return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
inline Doubles multiply_add(Doubles a, Doubles b, Doubles c) {
    return (Doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif defined(__AVX2__)
inline Floats multiply_add(Floats a, Floats b, Floats c) {
    return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
inline Doubles multiply_add(Doubles a, Doubles b, Doubles c) {
    return (Doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#elif defined(__ARM_FEATURE_FMA)
template <class V>
inline V multiply_add(V a, V b, V c) {
    constexpr int n = sizeof(V) / sizeof(a[0]);
    for (int i = 0; i < n; ++i) {
        if constexpr (sizeof(a[0]) == sizeof(float)) {
            c[i] = __builtin_fmaf(a[i], b[i], c[i]);
        } else {
            c[i] = __builtin_fma(a[i], b[i], c[i]);
        }
    }
    return c;
}
#else
/// Rounded twice: x86-64-v2 has no instruction for it.
template <class V>
inline V multiply_add(V a, V b, V c) {
    return a * b + c;
}
#endif

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

/// Which bytes equal a number. Conversions go by 16 bits, for which processors have instructions.
template <class T>
inline Mask<T> equals(const std::uint8_t* p, int number) {
    const auto bytes = load_as<typename SmallOf<T>::Bytes>(p);
    const auto words = __builtin_convertvector(bytes, typename SmallOf<T>::Halfwords);
    return __builtin_convertvector(words, Mask<T>) == number;
}

template <class T>
inline void store_bytes(std::uint8_t* p, Mask<T> values) {
    const auto words = __builtin_convertvector(values, typename SmallOf<T>::Halfwords);
    store_as(p, __builtin_convertvector(words, typename SmallOf<T>::Bytes));
}

/// Half of the numbers, from `first` on.
template <int first, int... number>
inline Doubles half_of(Floats v, std::integer_sequence<int, number...> /*numbers*/) {
    return __builtin_convertvector(__builtin_shufflevector(v, v, (first + number)...), Doubles);
}
inline Doubles lower(Floats v) {
    return half_of<0>(v, std::make_integer_sequence<int, lanes / 2>());
}
inline Doubles upper(Floats v) {
    return half_of<lanes / 2>(v, std::make_integer_sequence<int, lanes / 2>());
}

/// Sums in double, lane by lane.
template <class T>
struct Accumulator {
    Doubles low{}, high{};

    void add(Floats v) {
        low += lower(v);
        high += upper(v);
    }
    void add_product(Floats a, Floats b) {
        low += lower(a) * lower(b);
        high += upper(a) * upper(b);
    }
    void flush(double* sums) const {
        store(sums, load(sums) + low);
        store(sums + lanes / 2, load(sums + lanes / 2) + high);
    }
};
/// At most 32 numbers (chunk_pixels) are added in float32 before. Most have 8 bits and their
/// products 16, so that 32 equal ones are added without rounding; a gradient dz is unrounded
/// float32.
template <>
struct Accumulator<Bf16> {
    Floats sum{};

    void add(Floats v) { sum += v; }
    void add_product(Floats a, Floats b) { sum += a * b; }
    void flush(double* sums) const {
        Accumulator<float> wide;
        wide.add(sum);
        wide.flush(sums);
    }
};
template <>
struct Accumulator<double> {
    Doubles sum{};

    void add(Doubles v) { sum += v; }
    void add_product(Doubles a, Doubles b) { sum += a * b; }
    void flush(double* sums) const { store(sums, load(sums) + sum); }
};

}  // namespace
}  // namespace msunet::model::kernels
