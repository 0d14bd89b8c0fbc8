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
};

/// A 3×3 convolution with "same" padding of (images, height, width, in) to (images, height, width,
/// out).
struct Convolution3x3 {
    std::int64_t height, width, in, out;
};

/// The gradient (out, 3, 3, in) of the weights of such a convolution.
struct WeightsGradient {
    std::int64_t in_block, out_block;  ///< what `in` and `out` are multiples of
    /// Numbers of scratch memory that `add` needs, aligned to 32 bytes.
    std::int64_t (*scratch)(const Convolution3x3& shape);
    /// Adds what images and input channels of these ranges give. first_in and last_in are multiples
    /// of in_block.
    void (*add)(const float* x, const float* dz, const Convolution3x3& shape,
                std::int64_t first_image, std::int64_t last_image, std::int64_t first_in,
                std::int64_t last_in, float* gradient, float* scratch);
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
    /// Null where oneDNN's own is faster or has not been measured.
    const WeightsGradient* weights_gradient;
};

/// The kernels for this processor.
const Kernels& kernels();

const Kernels& kernels_baseline();
const Kernels& kernels_avx2();
const Kernels& kernels_avx512();

}  // namespace msunet::model::kernels
