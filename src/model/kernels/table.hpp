// SPDX-License-Identifier: Apache-2.0
/// \file
/// CPU kernels on raw memory. Their source is compiled once for each instruction set, and the best
/// one that the processor supports is chosen at run time. So that code of one instruction set can't
/// be linked into another, kernels use built-in types only: threads, tensors and containers stay
/// outside.
///
/// Activations are pixels × channels, channels fastest.
#pragma once

#include <cstdint>
#include <span>

namespace msunet::model::kernels {

/// Channels of activations are multiples of it.
constexpr std::int64_t channel_block = 32;
/// Matrices that a kernel of a TileConvolution is made of.
constexpr int kernel_matrices = 9;

/// bfloat16: the upper half of a float32.
struct Bf16 {
    std::uint16_t bits;
};

/// The type of coefficients and of arithmetic for activations of type T.
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

/// See model::Source. Pointers are to whole tensors.
template <class T>
struct GradientSource {
    const T* gradient;          ///< null: none
    std::int64_t stride;        ///< channels of `gradient`
    std::int64_t offset;        ///< first channel read
    const std::uint32_t* bits;  ///< null: no dropout
    Arithmetic<T> keep_scale;
    const T* pooled;  ///< null: no pooling
    const std::uint8_t* pool_index;
    std::int64_t height, width;  ///< of the image, in pixels
};

/// See model::Target. Pointers are to whole tensors.
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

/// The kernels for one type of activations. Ranges [begin, end) count the pixels of all images;
/// sums are added to the present values.
template <class T>
struct Table {
    using A = Arithmetic<T>;

    /// sums (2,C) += Σa, Σa², a = relu(z).
    void (*relu_sums)(const T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                      double* sums);
    /// y = scale·relu(z) + shift.
    void (*norm_forward)(const T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                         const A* scale, const A* shift, const OutputTarget<T>& target);
    /// The same with 2×2 max pooling; the range counts pooled pixels.
    void (*norm_pool_forward)(const T* z, std::int64_t begin, std::int64_t end,
                              std::int64_t channels, const A* scale, const A* shift,
                              const OutputTarget<T>& target);
    /// sums (2,C) += Σdy, Σdy·a.
    void (*norm_backward_sums)(const T* z, std::int64_t begin, std::int64_t end,
                               std::int64_t channels, const GradientSource<T>& source,
                               double* sums);
    /// z = (z > 0)·(scale·dy − c0 − c1·relu(z)); bias (C) += its sum by channel. correction (2,C):
    /// c0, c1.
    void (*norm_backward)(T* z, std::int64_t begin, std::int64_t end, std::int64_t channels,
                          const GradientSource<T>& source, const A* scale, const A* correction,
                          double* bias);
    /// 3×3 convolution, "same" padding, of one channel to `channels`; weights (channels, 3, 3).
    /// Also adds relu_sums of the output. Here and below the range counts rows of all images.
    void (*first_convolution)(const T* x, T* z, std::int64_t begin, std::int64_t end,
                              std::int64_t height, std::int64_t width, std::int64_t channels,
                              const A* weights, const A* bias, double* sums);
    /// Gradient (channels, 3, 3) of its weights, summed in double.
    void (*first_convolution_weights)(const T* x, const T* dz, std::int64_t begin, std::int64_t end,
                                      std::int64_t height, std::int64_t width,
                                      std::int64_t channels, double* gradient);
    /// 3×3 convolution, "same" padding, of 32 channels to 2; weights (2, 3, 3, 32).
    void (*last_convolution)(const T* x, T* z, std::int64_t begin, std::int64_t end,
                             std::int64_t height, std::int64_t width, const A* weights,
                             const A* bias);
    /// Gradient of its input.
    void (*last_convolution_input)(const T* dz, T* dx, std::int64_t begin, std::int64_t end,
                                   std::int64_t height, std::int64_t width, const A* weights);
    /// Gradient (2, 3, 3, 32) of its weights, summed in double.
    void (*last_convolution_weights)(const T* x, const T* dz, std::int64_t begin, std::int64_t end,
                                     std::int64_t height, std::int64_t width, double* gradient);
};

/// Images in tiles, whose size depends on the transform: `down` × `across` tiles an image; `in` and
/// `out` channels, multiples of 32.
struct TiledShape {
    std::int64_t down, across, in, out;
};

/// A convolution by Winograd's algorithm, or its adjoint; T: type of activations.
template <class T>
struct WinogradPass {
    std::int64_t step, output;  ///< side of a tile in pixels, of the input and of the output
    /// Transforms a kernel (out, taps, taps, in), for the channels [first, last) that the pass
    /// writes, multiples of 16. The result has the size of positions·in·out float32; its order is
    /// internal.
    void (*transform)(const float* kernel, std::int64_t in, std::int64_t out, std::int64_t first,
                      std::int64_t last, void* transformed);
    /// Bytes of scratch memory that a thread needs, for so many channels read and written.
    std::int64_t (*scratch)(std::int64_t in, std::int64_t out);
    /// Writes tiles [first_tile, last_tile), counted over all images row by row. `bias` may be
    /// null.
    void (*convolve)(const T* x, const void* transformed, const float* bias,
                     const TiledShape& shape, std::int64_t first_tile, std::int64_t last_tile, T* z,
                     void* scratch);
};

/// Winograd's algorithm for one kind of convolution.
template <class T>
struct Winograd {
    std::int64_t taps;       ///< height and width of the kernel
    std::int64_t positions;  ///< number of positions, see kernels/winograd.hpp
    WinogradPass<T> forward;
    WinogradPass<T> adjoint;  ///< from gradients of the output to gradients of the input
    /// Adds the contribution of tiles and of input channels, multiples of 32, to the gradient
    /// (positions·in·out) of the kernel's transform. Scratch memory as for `forward`.
    void (*add_gradient)(const T* x, const T* dz, const TiledShape& shape, std::int64_t first_tile,
                         std::int64_t last_tile, std::int64_t first_in, std::int64_t last_in,
                         float* transform_gradient, void* scratch);
    /// From the gradient of the transform to that of the kernel, for the same input channels.
    void (*kernel_gradient)(const float* transform_gradient, std::int64_t in, std::int64_t out,
                            std::int64_t first_in, std::int64_t last_in, float* gradient);
};

template <class T>
struct Winograds {
    // Larger tiles, which cost less, come first.
    std::span<const Winograd<T>> same;  ///< 3×3, "same" padding
    std::span<const Winograd<T>> up;  ///< nearest ×2 up-sampling, then 2×2, padded bottom and right
};

/// Images at the lower resolution of a convolution; `in` and `out` channels, multiples of 32.
struct ImageShape {
    std::int64_t images, height, width, in, out;
};

/// The input of a convolution: `x`, or scale·relu(x) + shift by channel, computed and rounded while
/// it is read.
struct TileInput {
    const Bf16* x;
    const float* scale;  ///< null: x itself
    const float* shift;
};

/// A convolution of bfloat16 on a processor's matrix unit, as a sum of products by nine matrices of
/// (in, out) numbers. Rows are those of the lower resolution, counted over all images.
struct TileConvolution {
    std::int64_t taps;        ///< height and width of the kernel
    std::int64_t upsampling;  ///< factor of the output's sides
    /// Makes the matrices (9·in·out numbers, in an internal order) of a kernel (out, taps, taps,
    /// in), for output channels [first, last), multiples of 16.
    void (*transform)(const float* kernel, std::int64_t in, std::int64_t out, std::int64_t first,
                      std::int64_t last, Bf16* matrices);
    /// The same for the adjoint and for input channels.
    void (*transform_adjoint)(const float* kernel, std::int64_t in, std::int64_t out,
                              std::int64_t first, std::int64_t last, Bf16* matrices);
    /// Bytes of scratch memory that a thread needs for each of the following passes.
    std::int64_t (*convolve_scratch)(const ImageShape& shape);
    std::int64_t (*adjoint_scratch)(const ImageShape& shape);
    std::int64_t (*gradient_scratch)(const ImageShape& shape);
    /// Writes the output of rows; sums (2, out) += Σa, Σa², a = relu(z), unless they are null.
    void (*convolve)(const TileInput& x, const Bf16* matrices, const float* bias,
                     const ImageShape& shape, std::int64_t first_row, std::int64_t last_row,
                     Bf16* z, double* sums, void* scratch);
    /// Writes the gradient of rows of the input.
    void (*adjoint)(const Bf16* dz, const Bf16* matrices, const ImageShape& shape,
                    std::int64_t first_row, std::int64_t last_row, Bf16* dx, void* scratch);
    /// Adds the contribution of rows to the gradient (out, 9, in) of the matrices, for output
    /// channels [first, last), multiples of 32.
    void (*add_gradient)(const TileInput& x, const Bf16* dz, const ImageShape& shape,
                         std::int64_t first_row, std::int64_t last_row, std::int64_t first_out,
                         std::int64_t last_out, float* gradient, void* scratch);
    /// From the gradient of the matrices to that of the kernel, for output channels [first, last).
    void (*kernel_gradient)(const float* matrix_gradient, std::int64_t in, std::int64_t first_out,
                            std::int64_t last_out, float* gradient);
};

struct TileConvolutions {
    TileConvolution same;  ///< 3×3, "same" padding
    TileConvolution up;    ///< nearest ×2 up-sampling, then 2×2, padded bottom and right
};

/// All kernels of one instruction set.
struct Kernels {
    Table<float> float32;
    Table<double> float64;
    Table<Bf16> bfloat16;
    /// `words` words of the dropout mask of one sample from word `begin` on; both are multiples of
    /// 4. See model/dropout.hpp.
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
    /// Null: use the library's convolutions.
    const Winograds<float>* float32_winograds;
    const Winograds<Bf16>* bfloat16_winograds;
    /// Null: the processor has no matrix unit.
    const TileConvolutions* tile_convolutions = nullptr;
};

/// What the kernels are compiled for; each set contains those before it.
enum class InstructionSet : std::uint8_t { baseline, avx2, avx512, avx512_bf16, amx };

/// This processor's kernels; on x86-64 ATEN_CPU_CAPABILITY (avx512, avx2, default) and
/// `most_allowed` limit them.
[[nodiscard]] const Kernels& kernels();

/// The set that the environment variable MSUNET_CPU_KERNELS names; without it the last. Throws
/// core::UsageError for other values.
[[nodiscard]] InstructionSet most_allowed();

/// The kernels of one instruction set; null where this processor does not support it.
[[nodiscard]] const Kernels* kernels_of(InstructionSet set);

[[nodiscard]] const Kernels& kernels_baseline();
/// These are only there in a program for x86-64.
[[nodiscard]] const Kernels& kernels_avx2();
[[nodiscard]] const Kernels& kernels_avx512();
[[nodiscard]] const Kernels& kernels_avx512_bf16();
[[nodiscard]] const Kernels& kernels_amx();

}  // namespace msunet::model::kernels
