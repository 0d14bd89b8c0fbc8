// SPDX-License-Identifier: Apache-2.0
#pragma once

// CPU kernels on raw memory. Their source is compiled once for each instruction set, and the best
// one that the processor has is taken at run time. So that no code of one instruction set is linked
// into another, kernels use nothing but built-in types: threads, tensors and containers stay
// outside.
//
// Activations are pixels × channels, channels fastest, their number a multiple of 32.

#include <cstdint>

namespace msunet::model::kernels {

/// bfloat16: the upper half of a float32.
struct Bf16 {
    std::uint16_t bits;
};

/// Type of coefficients and arithmetic for activations of type T.
template <class T>
struct ArithmeticOf {
    using type = float;
};
template <>
struct ArithmeticOf<double> {
    using type = double;
};
template <class T>
using Arithmetic = typename ArithmeticOf<T>::type;

/// Where a gradient comes from: see model::Source. Pointers are to the whole tensors.
template <class T>
struct GradientSource {
    const T* gradient;          ///< null: none
    std::int64_t stride;        ///< channels of a pixel of `gradient`
    std::int64_t offset;        ///< first channel
    const std::uint32_t* bits;  ///< null: no dropout
    Arithmetic<T> keep_scale;
    const T* pooled;  ///< null: no pooling
    const std::uint8_t* pool_index;
    std::int64_t height, width;  ///< of the image, in pixels
};

/// Where a normalised activation goes: see model::Target.
template <class T>
struct OutputTarget {
    T* out;
    std::int64_t stride, offset;
    const std::uint32_t* bits;
    Arithmetic<T> keep_scale;
    T* pooled;
    std::uint8_t* pool_index;
    std::int64_t height, width;
};

/// The kernels of one activation type. Ranges are pixels [begin, end) of all images together; sums
/// add to what is there.
template <class T>
struct Table {
    using A = Arithmetic<T>;

    /// sums (2,C) += Σa, Σa², a = relu(z).
    void (*relu_sums)(const T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                      double* sums);
    /// y = scale·relu(z) + shift.
    void (*norm_forward)(const T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                         const A* scale, const A* shift, const OutputTarget<T>& target);
    /// The same with pooling; the range counts pooled pixels.
    void (*norm_pool_forward)(const T* z, std::int64_t begin, std::int64_t end,
                              std::int64_t channels, const A* scale, const A* shift,
                              const OutputTarget<T>& target);
    /// sums (2,C) += Σdy, Σdy·a.
    void (*norm_backward_sums)(const T* z, std::int64_t begin, std::int64_t end,
                               std::int64_t channels, const GradientSource<T>& source,
                               double* sums);
    /// z = (z > 0)·(scale·dy − c0 − c1·relu(z)); bias (C) += its sum. correction (2,C): c0, c1.
    void (*norm_backward)(T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                          const GradientSource<T>& source, const A* scale, const A* correction,
                          double* bias);
    /// 3×3 convolution, "same" padding, of one channel to `channels`; weights (channels, 3, 3).
    /// Adds relu_sums of what it writes. The range counts rows of all images.
    void (*first_convolution)(const T* x, T* z, std::int64_t begin, std::int64_t end,
                              std::int64_t height, std::int64_t width, std::int64_t channels,
                              const A* weights, const A* bias, double* sums);
    /// Gradient (channels, 3, 3) of its weights, added up in double.
    void (*first_convolution_weights)(const T* x, const T* dz, std::int64_t begin, std::int64_t end,
                                      std::int64_t height, std::int64_t width,
                                      std::int64_t channels, double* gradient);
    /// 3×3, "same" padding, of 32 channels to 2; weights (2, 3, 3, 32).
    void (*last_convolution)(const T* x, T* z, std::int64_t begin, std::int64_t end,
                             std::int64_t height, std::int64_t width, const A* weights,
                             const A* bias);
    /// Gradient of its input.
    void (*last_convolution_input)(const T* dz, T* dx, std::int64_t begin, std::int64_t end,
                                   std::int64_t height, std::int64_t width, const A* weights);
    /// Gradient (2, 3, 3, 32) of its weights, added up in double.
    void (*last_convolution_weights)(const T* x, const T* dz, std::int64_t begin, std::int64_t end,
                                     std::int64_t height, std::int64_t width, double* gradient);
};

/// Images as tiles of some pixels a side, which depends on the filter; channels are multiples
/// of 32.
struct TiledShape {
    std::int64_t down, across, in, out;
};

/// A convolution by minimal filtering, or its adjoint; T: type of activations.
template <class T>
struct FilterPass {
    std::int64_t step, output;  ///< pixels a side of a tile, of the input and of the output
    /// Transform (as large as positions·in·out float32, in an order of its own) of a kernel (out,
    /// taps, taps, in), for a range of multiples of 16 of the channels that the pass writes.
    void (*transform)(const float* kernel, std::int64_t in, std::int64_t out, std::int64_t first,
                      std::int64_t last, void* transformed);
    /// Bytes of scratch memory of a thread, for channels read and written.
    std::int64_t (*scratch)(std::int64_t in, std::int64_t out);
    /// Writes tiles [first_tile, last_tile), counted over all images, row by row. bias: may be
    /// null.
    void (*convolve)(const T* x, const void* transformed, const float* bias,
                     const TiledShape& shape, std::int64_t first_tile, std::int64_t last_tile, T* z,
                     void* scratch);
};

template <class T>
struct Winograd {
    std::int64_t taps;       ///< height and width of the kernel
    std::int64_t positions;  ///< numbers of its transform
    FilterPass<T> forward;
    FilterPass<T> adjoint;  ///< from gradients of the output to gradients of the input
    /// Adds what tiles and input channels, a range of multiples of 32, give to the gradient
    /// (positions·in·out) of the transform. Scratch memory as for `forward`.
    void (*add_gradient)(const T* x, const T* dz, const TiledShape& shape, std::int64_t first_tile,
                         std::int64_t last_tile, std::int64_t first_in, std::int64_t last_in,
                         float* transform_gradient, void* scratch);
    /// From that the gradient of the kernel, for such input channels.
    void (*kernel_gradient)(const float* transform_gradient, std::int64_t in, std::int64_t out,
                            std::int64_t first_in, std::int64_t last_in, float* gradient);
};

template <class T>
struct Winograds {
    Winograd<T> same;  ///< 3×3, "same" padding
    Winograd<T> up;    ///< each pixel doubled, then 2×2, padded at the end
};

/// All kernels of one instruction set.
struct Kernels {
    Table<float> float32;
    Table<double> float64;
    Table<Bf16> bfloat16;
    /// `words` words of a dropout mask from word `begin` of one sample; both multiples of 4. See
    /// dropout.hpp.
    void (*dropout)(std::uint32_t* bits, std::int64_t begin, std::int64_t words, std::uint32_t rate,
                    std::uint64_t key, std::uint32_t layer, std::uint32_t sample,
                    std::uint32_t step);
    /// Adam by Keras's formula on [begin, end).
    void (*adam32)(float* w, const float* g, float* m, float* v, std::int64_t begin,
                   std::int64_t end, float alpha, float one_minus_beta1, float one_minus_beta2,
                   float epsilon);
    void (*adam64)(double* w, const double* g, double* m, double* v, std::int64_t begin,
                   std::int64_t end, double alpha, double one_minus_beta1, double one_minus_beta2,
                   double epsilon);
    /// Null: the library's convolutions are taken.
    const Winograds<float>* float32_filters;
    const Winograds<Bf16>* bfloat16_filters;
};

/// The kernels for this processor; ATEN_CPU_CAPABILITY (avx512, avx2, default) limits them.
const Kernels& kernels();

const Kernels& kernels_baseline();
const Kernels& kernels_avx2();
const Kernels& kernels_avx512();
const Kernels& kernels_avx512_bf16();

/// Whether this processor can run them.
bool supports_avx2();
bool supports_avx512();
bool supports_avx512_bf16();

}  // namespace msunet::model::kernels
