// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parameters of the kernels in kernels.cuh, one struct each. The host's compiler and NVRTC
/// both read this file, so a call can't pass other types than the kernel expects. Built-in types
/// only, because NVRTC has no standard library.
///
/// Activations are pixels × channels, channels fastest; their number is a multiple of 32. `void`
/// stands for the element type that the kernels are compiled for, `wide` for the type of its
/// arithmetic (master precision).
#pragma once

#ifdef __CUDACC__
#define MSUNET_DEVICE __device__
#else
#define MSUNET_DEVICE
#endif

namespace msunet::gpu {

/// Threads of a block, of every kernel.
inline constexpr int block_size = 256;
/// Bytes that a thread reads or writes in one access.
inline constexpr int access_bytes = 16;
/// Blocks of a kernel that sums by channel, at most. They fill a large GPU with two waves or less;
/// the same number everywhere, because the order of additions depends on it.
inline constexpr int most_summing_blocks = 512;
/// A block works on a slab: so many adjacent channels, at most 128 bytes in bfloat16.
inline constexpr int smallest_slab = 32, largest_slab = 64;
/// The slab of activations with so many channels.
MSUNET_DEVICE constexpr int slab_of(int channels) {
    return channels % largest_slab == 0 ? largest_slab : smallest_slab;
}

/// Channels of the last 3×3 convolution's output.
inline constexpr int head_channels = 2;
/// Weights of a 3×3 kernel between two channels.
inline constexpr int taps = 9;
/// Sums that a block stores, at most: those of thin_weights. Others store two of a slab.
inline constexpr int most_partial = taps * smallest_slab;

/// Input and output channels that a block transposes.
inline constexpr int tile_side = 32;

/// The place of a sample in the slices, and its weight.
struct Window {
    unsigned long long offset;  ///< of its first pixel, in elements
    unsigned stride;            ///< width of its slice
    unsigned height, width;
    float weight;
};

/// x, y (samples, height, width), zero-padded, and weights (samples), in float32.
struct CutBatch {
    static constexpr const char* name = "cut_batch";
    const float* voxels;
    const unsigned char* masks;
    const Window* windows;  ///< by sample id
    const unsigned* samples;
    long long count;
    long long height, width;
    float *x, *y, *weights;
};

/// Dropout masks, see msunet/model/dropout.hpp.
struct DropoutMask {
    static constexpr const char* name = "dropout_mask";
    unsigned* bits;
    long long samples, words;  ///< words of a sample, a multiple of 4
    unsigned rate, layer, first_sample;
    unsigned long long key;
    const unsigned* step;  ///< device memory: a captured step is replayed with other values
};

/// Sums over pixels of a sample: its loss (0 for Dice), t·p, t and p.
inline constexpr int loss_sums = 4;

/// What blocks of a kernel that sums by channel need to add their sums up: the last one to end
/// does it, in the order of the blocks, so that every run gives the same result.
struct Scratch {
    void* partial;       ///< room for most_summing_blocks · most_partial doubles
    unsigned* counters;  ///< by slab: blocks that have ended; 0 before and after each kernel
};

/// See model::FusedOps::prepare_norm.
struct PrepareNorm {
    static constexpr const char* name = "prepare_norm";
    int channels;
    long long count;  ///< values a channel; 0: moving statistics
    double momentum, epsilon;
    double* sums;                         ///< (2, channels)
    const void *gamma, *beta;             ///< wide
    void *moving_mean, *moving_variance;  ///< wide
    double *mean, *inverse;
    void *scale, *shift;  ///< wide
};

/// norm.sums (2, channels): Σa and Σa² of a = relu(z + bias).
struct ReluSums {
    static constexpr const char* name = "relu_sums";
    const void* z;
    const void* bias;  ///< wide; null: 0
    int pixels;
    Scratch scratch;
    bool prepares;  ///< goes on with prepare_norm
    PrepareNorm norm;
};

/// y = scale·relu(z + bias) + shift, then dropout.
struct NormForward {
    static constexpr const char* name = "norm_forward";
    const void* z;
    const void* bias;  ///< wide; null: 0
    int pixels, channels;
    const void *scale, *shift;  ///< wide
    void* out;                  ///< may be z
    int stride, offset;         ///< channels of `out`, first channel written
    const unsigned* bits;       ///< null: no dropout
    double keep_scale;          ///< 1 without dropout
};

/// The same with 2×2 max pooling of y before dropout.
struct NormPoolForward {
    static constexpr const char* name = "norm_pool_forward";
    NormForward norm;  ///< `out` may be null
    int width;         ///< of the image, in pixels
    void* pooled;
    unsigned char* pool_index;  ///< null: not wanted
};

/// Where a gradient comes from: the sum of its parts.
struct GradientParts {
    const void* gradient;  ///< null: none
    int stride, offset;    ///< channels of `gradient`, first channel read
    const unsigned* bits;  ///< null: no dropout
    double keep_scale;     ///< 1 without dropout
    const void* pooled;    ///< null: none
    const unsigned char* pool_index;
    int width;  ///< of the image, in pixels
};

/// See model::FusedOps::prepare_norm_backward.
struct PrepareNormBackward {
    static constexpr const char* name = "prepare_norm_backward";
    int channels;
    long long count;  ///< values a channel; 0: moving statistics
    double* sums;     ///< (2, channels)
    const double *mean, *inverse;
    const void* gamma;  ///< wide
    void* correction;   ///< wide (2, channels)
};

/// norm.sums (2, channels): Σdy and Σdy·â.
struct NormBackwardSums {
    static constexpr const char* name = "norm_backward_sums";
    const void* z;
    const void* bias;  ///< wide; null: 0
    GradientParts source;
    int pixels;
    Scratch scratch;
    void *beta_gradient, *gamma_gradient;  ///< wide, the same sums; null: not wanted
    bool prepares;                         ///< goes on with prepare_norm_backward
    PrepareNormBackward norm;
};

/// Replaces z by its gradient.
struct NormBackward {
    static constexpr const char* name = "norm_backward";
    void* z;
    const void* bias;  ///< wide; null: 0
    GradientParts source;
    int pixels, channels;
    const void *scale, *correction;  ///< wide
    Scratch scratch;
    void* bias_gradient;  ///< wide: Σdz; null: not wanted
};

/// A batch of images, one after the other.
struct Images {
    int pixels;         ///< of all images
    int height, width;  ///< of one
};

/// See model::FusedOps::first_convolution, with the sums of ReluSums.
struct FirstConvolution {
    static constexpr const char* name = "first_convolution";
    const void* x;        ///< (pixels)
    const void* weights;  ///< wide (channels, 3, 3)
    const void* bias;     ///< wide
    bool adds_bias;       ///< to z; otherwise only for the sums
    Images images;
    int channels;
    void* z;
    Scratch scratch;
    double* sums;  ///< (2, channels)
};

/// See model::FusedOps::last_convolution.
struct LastConvolution {
    static constexpr const char* name = "last_convolution";
    const void* x;        ///< (pixels, smallest_slab)
    const void* weights;  ///< wide (head_channels, 3, 3, smallest_slab)
    const void* bias;     ///< wide (head_channels)
    Images images;
    void* z;  ///< (pixels, head_channels)
};

/// The gradient of its input.
struct LastInput {
    static constexpr const char* name = "last_input";
    const void* gradient;  ///< (pixels, head_channels): of z
    const void* weights;
    Images images;
    void* x;  ///< (pixels, smallest_slab)
};

/// The gradient of the weights of the first convolution, or of the last one. A row of blocks for
/// each of the channels of `thin`.
struct ThinWeights {
    static constexpr const char* name = "thin_weights";
    const void* many;   ///< (pixels, smallest_slab): the gradient of z, or x
    const void* thin;   ///< (pixels, thin_channels): x, or the gradient of z
    int thin_channels;  ///< 1, or head_channels
    bool is_last;
    Images images{};
    Scratch scratch{};
    void* gradient{};  ///< wide (smallest_slab, 3, 3), or (head_channels, 3, 3, smallest_slab)
};

/// The 3×3 kernel of a transposed convolution of stride 2, element (in, 3, 3, out), that does what
/// nearest ×2 up-sampling and then a 2×2 kernel (out, 2, 2, in), wide, do.
struct WidenKernel {
    static constexpr const char* name = "widen_kernel";
    const void* kernel;
    int in, out;  ///< channels, multiples of 32
    void* widened;
};

/// The gradient of that 2×2 kernel from that of the 3×3 one.
struct NarrowKernel {
    static constexpr const char* name = "narrow_kernel";
    const void* widened;
    int in, out;
    void* kernel;
};

/// Converts gradients of kernels to master precision.
struct TakeGradients {
    static constexpr const char* name = "take_gradients";
    static constexpr int most = 32;
    /// Numbers, multiples of 32.
    struct Gradient {
        const void* from;
        void* to;  ///< wide
        long long count;
    };
    Gradient gradients[most];  ///< one for each row of blocks
};

/// An update by Adam, see model::AdamUpdate.
struct Adam {
    static constexpr const char* name = "adam";
    long long count;
    double beta_1, beta_2, epsilon, decay;
    const void *factors, *gradients;  ///< wide
    void *values, *m, *v;             ///< wide
    void* copies;                     ///< of the values; null: none
};

/// logits = Σ score·relu(z) + score_bias, see model::FusedOps::head_forward.
struct HeadForward {
    static constexpr const char* name = "head_forward";
    const void* z;                   ///< (pixels, 2)
    const void *score, *score_bias;  ///< wide (2), (1)
    int pixels;
    void* logits;  ///< wide (pixels)
};

/// Replaces z by its gradient.
struct HeadBackward {
    static constexpr const char* name = "head_backward";
    void* z;               ///< (pixels, 2)
    const void* score;     ///< wide (2)
    const void* gradient;  ///< wide (pixels): of the logits
    int pixels;
    bool writes;  ///< whether the gradient of z is wanted
    Scratch scratch;
    void *score_gradient, *score_bias_gradient, *bias_gradient;  ///< wide; null: not wanted
};

enum class LossKind { dice, binary_crossentropy, binary_focal_crossentropy };

/// Loss and metrics of sigmoid(logits), see model::Objective. Blocks: `parts` for each sample.
struct EvaluateLoss {
    static constexpr const char* name = "evaluate_loss";
    LossKind kind;
    const void *logits, *targets;  ///< wide (samples, pixels)
    const void* weights;           ///< wide (samples)
    int samples, pixels, parts;
    double global;    ///< samples of the global batch
    Scratch scratch;  ///< room for loss_sums doubles a block, and one counter
    double* sums;     ///< (5), see model::Objective::Result
    void* gradient;   ///< wide (samples, pixels): of the logits; null: not wanted, or Dice
    void* slopes;     ///< wide (samples, 2), for dice_gradient; null: not wanted
};

/// The gradient of the Dice loss by the logits.
struct DiceGradient {
    static constexpr const char* name = "dice_gradient";
    const void *logits, *targets;  ///< wide (samples, pixels)
    const void* slopes;  ///< wide (samples, 2): a − t·b is the derivative by sigmoid(x)
    int samples, pixels;
    void* gradient;  ///< wide (samples, pixels)
};

}  // namespace msunet::gpu

/// Every kernel, as DO(name, parameters).
#define MSUNET_FOR_EACH_KERNEL(DO)                 \
    DO(cut_batch, CutBatch)                        \
    DO(dropout_mask, DropoutMask)                  \
    DO(relu_sums, ReluSums)                        \
    DO(prepare_norm, PrepareNorm)                  \
    DO(norm_forward, NormForward)                  \
    DO(norm_pool_forward, NormPoolForward)         \
    DO(norm_backward_sums, NormBackwardSums)       \
    DO(prepare_norm_backward, PrepareNormBackward) \
    DO(norm_backward, NormBackward)                \
    DO(first_convolution, FirstConvolution)        \
    DO(last_convolution, LastConvolution)          \
    DO(last_input, LastInput)                      \
    DO(thin_weights, ThinWeights)                  \
    DO(widen_kernel, WidenKernel)                  \
    DO(narrow_kernel, NarrowKernel)                \
    DO(take_gradients, TakeGradients)              \
    DO(adam, Adam)                                 \
    DO(head_forward, HeadForward)                  \
    DO(head_backward, HeadBackward)                \
    DO(evaluate_loss, EvaluateLoss)                \
    DO(dice_gradient, DiceGradient)

#undef MSUNET_DEVICE
