// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parameters of the kernels in kernels.cuh, one struct each. The host's compiler and NVRTC
/// both read this file, so a call can't pass other types than the kernel expects. Built-in types
/// only, because NVRTC has no standard library.
///
/// Activations are pixels × channels, channels fastest; their number is a multiple of 4. `void`
/// stands for the element type that the kernels are compiled for, `wide` for the type of its
/// arithmetic (master precision).
#pragma once

namespace msunet::gpu {

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

/// Sums by channel are computed in `groups` parts: `partial` is (groups, sums, channels).
struct ReluSums {
    static constexpr const char* name = "relu_sums";
    const void* z;
    long long pixels, groups;
    int channels;
    double* partial;  ///< 2 sums: Σa, Σa²
};

/// See model::FusedOps::prepare_norm.
struct PrepareNorm {
    static constexpr const char* name = "prepare_norm";
    int channels;
    long long count;  ///< values a channel; 0: moving statistics
    double momentum, epsilon;
    const double* sums;
    const void *gamma, *beta;             ///< wide
    void *moving_mean, *moving_variance;  ///< wide
    double *mean, *inverse;
    void *scale, *shift;  ///< wide
};

/// y = scale·relu(z) + shift, then dropout.
struct NormForward {
    static constexpr const char* name = "norm_forward";
    const void* z;
    long long pixels;
    int channels;
    const void *scale, *shift;  ///< wide
    void* out;                  ///< may be z
    long long stride, offset;   ///< channels of `out`, first channel written
    const unsigned* bits;       ///< null: no dropout
    double keep_scale;          ///< 1 without dropout
};

/// The same with 2×2 max pooling of y before dropout.
struct NormPoolForward {
    static constexpr const char* name = "norm_pool_forward";
    NormForward norm;  ///< `out` may be null
    long long width;   ///< of the image, in pixels
    void* pooled;
    unsigned char* pool_index;  ///< null: not wanted
};

/// Where a gradient comes from: the sum of its parts.
struct GradientParts {
    const void* gradient;      ///< null: none
    long long stride, offset;  ///< channels of `gradient`, first channel read
    const unsigned* bits;      ///< null: no dropout
    double keep_scale;         ///< 1 without dropout
    const void* pooled;        ///< null: none
    const unsigned char* pool_index;
    long long width;  ///< of the image, in pixels
};

struct NormBackwardSums {
    static constexpr const char* name = "norm_backward_sums";
    const void* z;
    GradientParts source;
    long long pixels, groups;
    int channels;
    const double *mean, *inverse;
    double* partial;  ///< 2 sums: Σdy, Σdy·â
};

/// See model::FusedOps::prepare_norm_backward.
struct PrepareNormBackward {
    static constexpr const char* name = "prepare_norm_backward";
    int channels;
    long long count;  ///< values a channel; 0: moving statistics
    const double *sums, *mean, *inverse;
    const void* gamma;  ///< wide
    void* correction;   ///< wide (2, channels)
};

/// Replaces z by its gradient.
struct NormBackward {
    static constexpr const char* name = "norm_backward";
    void* z;
    GradientParts source;
    long long pixels, groups;
    int channels;
    const void *scale, *correction;  ///< wide
    double* partial;                 ///< 1 sum: Σdz
};

}  // namespace msunet::gpu
