// SPDX-License-Identifier: Apache-2.0
/// \file
/// 3×3 convolutions with few channels on one side: the network's first, from one channel, and its
/// last, to two.
#pragma once

#include "model/kernels/vectors.hpp"

namespace msunet::model::kernels {
namespace {

/// The 3×3 neighbourhood of a pixel, zero outside the image.
template <class T>
struct Neighbours {
    Arithmetic<T> value[9];

    Neighbours(const T* image, i64 row, i64 column, i64 height, i64 width) {
        for (int k = 0; k < 9; ++k) {
            const i64 y = row + k / 3 - 1, x = column + k % 3 - 1;
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            value[k] = inside ? widen(image[y * width + x]) : Arithmetic<T>{};
        }
    }
};

/// What the first convolution computes for a vector of channels from `channel` on.
template <class T>
struct FirstWeights {
    Vector<T> taps[9], bias;

    FirstWeights(const Arithmetic<T>* weights, const Arithmetic<T>* biases, i64 channel)
        : bias(load_arithmetic<T>(biases + channel)) {
        for (int k = 0; k < 9; ++k) {
            for (int j = 0; j < Lanes<T>::count; ++j) taps[k][j] = weights[(channel + j) * 9 + k];
        }
    }
    [[nodiscard]] Vector<T> at(const Neighbours<T>& around) const {
        Vector<T> sum = bias;
        for (int k = 0; k < 9; ++k) sum += taps[k] * around.value[k];
        return rounded<T>(sum);
    }
};

template <class T>
void first_convolution(const T* x, T* z, i64 begin, i64 end, i64 height, i64 width, i64 channels,
                       const Arithmetic<T>* weights, const Arithmetic<T>* bias, double* sums) {
    for (i64 row = begin; row < end; ++row) {
        const T* image = x + row / height * height * width;
        for (i64 c = 0; c < channels; c += Lanes<T>::count) {
            const FirstWeights<T> first(weights, bias, c);
            for (i64 from = 0; from < width; from += chunk_pixels) {
                const i64 to = from + chunk_pixels < width ? from + chunk_pixels : width;
                Accumulator<T> s, q;
                for (i64 column = from; column < to; ++column) {
                    const Vector<T> sum =
                        first.at(Neighbours<T>(image, row % height, column, height, width));
                    store(z + (row * width + column) * channels + c, sum);
                    const Vector<T> a = relu(sum);
                    s.add(a);
                    q.add_product(a, a);
                }
                s.flush(sums + c);
                q.flush(sums + channels + c);
            }
        }
    }
}

template <class T>
void first_convolution_weights(const T* x, const T* dz, i64 begin, i64 end, i64 height, i64 width,
                               i64 channels, double* gradient) {
    constexpr int n = Lanes<T>::count;
    for (i64 row = begin; row < end; ++row) {
        const T* image = x + row / height * height * width;
        for (i64 c = 0; c < channels; c += n) {
            // Sums over a row are short enough for the arithmetic type; rows are summed in double.
            Vector<T> sum[9] = {};
            for (i64 column = 0; column < width; ++column) {
                const Neighbours<T> around(image, row % height, column, height, width);
                const Vector<T> d = load(dz + (row * width + column) * channels + c);
                for (int k = 0; k < 9; ++k) sum[k] += d * around.value[k];
            }
            for (int k = 0; k < 9; ++k) {
                for (int j = 0; j < n; ++j) {
                    gradient[(c + j) * 9 + k] += static_cast<double>(sum[k][j]);
                }
            }
        }
    }
}

/// Channels of the last convolution's output and input.
constexpr i64 thin_out = 2, thin_in = 32;

/// The sum of a vector's numbers, pairwise.
template <class V>
inline auto sum_of(V v) {
    constexpr int n = sizeof(V) / sizeof(v[0]);
    using Number = decltype(v[0] + v[0]);
    Number part[n];
    __builtin_memcpy(part, &v, sizeof v);
    for (int half = n / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i) part[i] += part[i + half];
    }
    return part[0];
}

/// One pixel of the output. At an `Edge` some taps are outside the image on the left or right.
template <class T, bool Edge>
inline void last_pixel(const T* x, T* z, i64 row, i64 column, i64 height, i64 width,
                       const Arithmetic<T>* weights, const Arithmetic<T>* bias) {
    constexpr int n = Lanes<T>::count, vectors = vectors_per_block<T>;
    // Three independent sums, so that additions don't wait for each other.
    Vector<T> sum[thin_out][3] = {};
    for (i64 i = 0; i < 3; ++i) {
        const i64 top = row % height + i - 1;
        if (top < 0 || top >= height) continue;
        const T* line = x + ((row + i - 1) * width + column - 1) * thin_in;
        for (i64 j = 0; j < 3; ++j) {
            if (Edge && (column + j - 1 < 0 || column + j - 1 >= width)) continue;
            for (int k = 0; k < vectors; ++k) {
                const Vector<T> v = load(line + j * thin_in + k * n);
                for (i64 o = 0; o < thin_out; ++o) {
                    const auto* w = weights + ((o * 3 + i) * 3 + j) * thin_in + k * n;
                    sum[o][j] += v * load_arithmetic<T>(w);
                }
            }
        }
    }
    for (i64 o = 0; o < thin_out; ++o) {
        z[(row * width + column) * thin_out + o] =
            narrow<T>(bias[o] + sum_of(sum[o][0] + sum[o][1] + sum[o][2]));
    }
}

template <class T>
void last_convolution(const T* x, T* z, i64 begin, i64 end, i64 height, i64 width,
                      const Arithmetic<T>* weights, const Arithmetic<T>* bias) {
    for (i64 row = begin; row < end; ++row) {
        for (i64 column = 0; column < width; ++column) {
            const bool edge = column == 0 || column + 1 == width;
            const auto write = edge ? last_pixel<T, true> : last_pixel<T, false>;
            write(x, z, row, column, height, width, weights, bias);
        }
    }
}

/// The gradients around the pixels [first, first + columns) of a row, zero outside the image.
template <class T>
struct GradientPatch {
    static constexpr i64 most_columns = 32;

    /// By tap of the kernel: tap (i, j) takes an input pixel to output row − i, column − j.
    Arithmetic<T> line[3][most_columns + 2][thin_out];

    GradientPatch(const T* dz, i64 row, i64 first, i64 columns, i64 height, i64 width) {
        for (i64 i = 0; i < 3; ++i) {
            const i64 top = row % height + 1 - i;
            for (i64 j = 0; j < columns + 2; ++j) {
                const i64 column = first + j - 1;
                const bool inside = top >= 0 && top < height && column >= 0 && column < width;
                const T* from = dz + ((row + 1 - i) * width + column) * thin_out;
                for (i64 o = 0; o < thin_out; ++o) line[i][j][o] = inside ? widen(from[o]) : 0;
            }
        }
    }
    /// The gradient that reaches column `first + column` through tap (i, j) from output o.
    [[nodiscard]] Arithmetic<T> at(i64 i, i64 j, i64 column, i64 o) const {
        return line[i][column + 2 - j][o];
    }
};

/// Calls f(patch, row, first, columns) for rows [begin, end) of all images, patch by patch.
template <class T, class F>
inline void for_patches(const T* dz, i64 begin, i64 end, i64 height, i64 width, F f) {
    constexpr i64 most = GradientPatch<T>::most_columns;
    for (i64 row = begin; row < end; ++row) {
        for (i64 first = 0; first < width; first += most) {
            const i64 columns = width - first < most ? width - first : most;
            f(GradientPatch<T>(dz, row, first, columns, height, width), row, first, columns);
        }
    }
}

/// The gradient of one pixel of the input.
template <class T>
inline void last_input_pixel(const GradientPatch<T>& patch, i64 column,
                             const Arithmetic<T>* weights, T* dx) {
    constexpr int n = Lanes<T>::count, vectors = vectors_per_block<T>;
    Vector<T> sum[3][vectors] = {};
    for (i64 i = 0; i < 3; ++i) {
        for (i64 j = 0; j < 3; ++j) {
            for (i64 o = 0; o < thin_out; ++o) {
                const auto d = patch.at(i, j, column, o);
                const auto* w = weights + ((o * 3 + i) * 3 + j) * thin_in;
                for (int k = 0; k < vectors; ++k) {
                    sum[j][k] += load_arithmetic<T>(w + k * n) * d;
                }
            }
        }
    }
    for (int k = 0; k < vectors; ++k) store(dx + k * n, sum[0][k] + sum[1][k] + sum[2][k]);
}

template <class T>
void last_convolution_input(const T* dz, T* dx, i64 begin, i64 end, i64 height, i64 width,
                            const Arithmetic<T>* weights) {
    for_patches(dz, begin, end, height, width,
                [&](const GradientPatch<T>& patch, i64 row, i64 first, i64 columns) {
                    T* to = dx + (row * width + first) * thin_in;
                    for (i64 column = 0; column < columns; ++column) {
                        last_input_pixel(patch, column, weights, to + column * thin_in);
                    }
                });
}

/// Adds the contribution of a patch, a row of x, to the gradient of the weights from one vector of
/// channels to output o. Its sums are short enough for the arithmetic type; patches are summed in
/// double.
template <class T>
inline void add_patch_weights(const GradientPatch<T>& patch, const T* x, i64 columns, i64 o,
                              double* gradient) {
    constexpr int n = Lanes<T>::count;
    Vector<T> sum[3][3] = {};
    for (i64 column = 0; column < columns; ++column) {
        const Vector<T> v = load(x + column * thin_in);
        for (i64 i = 0; i < 3; ++i) {
            for (i64 j = 0; j < 3; ++j) sum[i][j] += v * patch.at(i, j, column, o);
        }
    }
    for (i64 tap = 0; tap < 9; ++tap) {
        for (int c = 0; c < n; ++c) {
            gradient[tap * thin_in + c] += static_cast<double>(sum[tap / 3][tap % 3][c]);
        }
    }
}

template <class T>
void last_convolution_weights(const T* x, const T* dz, i64 begin, i64 end, i64 height, i64 width,
                              double* gradient) {
    for_patches(dz, begin, end, height, width,
                [&](const GradientPatch<T>& patch, i64 row, i64 first, i64 columns) {
                    const T* line = x + (row * width + first) * thin_in;
                    for (i64 o = 0; o < thin_out; ++o) {
                        for (i64 c = 0; c < thin_in; c += Lanes<T>::count) {
                            add_patch_weights(patch, line + c, columns, o,
                                              gradient + o * 9 * thin_in + c);
                        }
                    }
                });
}

}  // namespace
}  // namespace msunet::model::kernels
