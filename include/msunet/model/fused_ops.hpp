// SPDX-License-Identifier: Apache-2.0
#pragma once

// The element-wise work between two convolutions, fused: ReLU, batch normalisation, pooling,
// dropout and concatenation in as few passes over memory as possible. The network calls it through
// this interface: kernels for the CPU, plain ATen operators anywhere, and own kernels on a GPU.
//
// Activations are (N,C,H,W) channels-last, in compute precision; C is a multiple of 32.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "msunet/model/dropout.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {

/// A batch normalisation layer within a step.
struct Norm {
    unet::BatchNormConstants constants{};
    at::Tensor gamma{}, beta{};                    ///< (C) master precision
    at::Tensor moving_mean{}, moving_variance{};   ///< (C) master precision
    at::Tensor gamma_gradient{}, beta_gradient{};  ///< (C) master precision; undefined: frozen
    bool batch_statistics = true;                  ///< false: inference mode
    at::Tensor sums{};  ///< (2,C) float64: Σa, Σa² of a = relu(z); backward Σdy, Σdy·â
    at::Tensor mean{}, inverse{};  ///< (C) float64: what normalises, 1/sqrt(variance + ε)
    at::Tensor scale{}, shift{};   ///< (C) master precision: y = scale·a + shift
    at::Tensor correction{};  ///< (2,C) master precision: da = scale·dy − c0 − c1·a, see backward
};

/// Where a normalised activation goes.
struct Target {
    at::Tensor out{};         ///< channels [offset, offset + C); may be undefined with `pooled`
    std::int64_t offset = 0;  ///< first channel in `out`
    at::Tensor bits{};        ///< dropout mask of the whole of `out`; undefined: none
    double keep_scale = 1;
    at::Tensor pooled{};      ///< 2×2 maximum of it, before dropout; undefined: none
    at::Tensor pool_index{};  ///< uint8, which of the four (row-major) is the first largest
};

/// Where the gradient of a normalised activation comes from; the two parts add up.
struct Source {
    at::Tensor gradient{};  ///< channels [offset, offset + C); undefined: none
    std::int64_t offset = 0;
    at::Tensor bits{};  ///< dropout mask of the whole of `gradient`; undefined: none
    double keep_scale = 1;
    at::Tensor pooled{};  ///< gradient of the 2×2 maximum; undefined: none
    at::Tensor pool_index{};
};

/// Stateless; every method works on tensors of one device and one compute precision.
class FusedOps {
public:
    virtual ~FusedOps() = default;

    /// norm.sums = (Σ relu(z), Σ relu(z)²) by channel.
    virtual void relu_sums(const at::Tensor& z, Norm& norm) = 0;
    /// From norm.sums over `count` values a channel, or from the moving statistics: mean, inverse,
    /// scale and shift. In batch mode moves the moving statistics with the momentum, the variance
    /// unbiased.
    virtual void prepare_norm(Norm& norm, std::int64_t count) = 0;
    /// y = scale·relu(z) + shift, to its target. `target.out` may be `z` itself.
    virtual void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) = 0;
    /// norm.sums = (Σdy, Σ dy·â) by channel, â the normalised activation.
    virtual void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) = 0;
    /// Keeps this rank's norm.sums as the gradients of beta and gamma.
    virtual void take_norm_gradients(Norm& norm) = 0;
    /// From norm.sums over `count` values a channel: norm.correction; zero in inference mode.
    virtual void prepare_norm_backward(Norm& norm, std::int64_t count) = 0;
    /// z becomes its own gradient: (z > 0)·(scale·dy − c0 − c1·relu(z)). `bias_gradient` (C), if
    /// defined, becomes its sum by channel.
    virtual void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                               const at::Tensor& bias_gradient) = 0;
    /// The network's first convolution, 3×3 "same", of x (N,1,H,W) to (N,C,H,W); weights
    /// (C,3,3,1) and bias (C) in master precision. With `with_sums` it fills norm.sums as
    /// `relu_sums` does.
    virtual at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                         const at::Tensor& bias, Norm& norm, bool with_sums) = 0;
    /// Gradient of its weights, from that of its output, into (C,3,3,1) in master precision.
    virtual void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                            const at::Tensor& weights_gradient) = 0;
    /// Its last 3×3 convolution, of x (N,32,H,W) to (N,2,H,W), by `weights` (2,3,3,32) and
    /// `bias` (2), both in master precision.
    virtual at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                        const at::Tensor& bias) = 0;
    /// From the gradient of its output that of its input, unless it is not asked for, and that of
    /// its weights into (2,3,3,32) in master precision, if that is defined. x is let go of as soon
    /// as it has been read.
    virtual at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                                 const at::Tensor& weights,
                                                 const at::Tensor& weights_gradient,
                                                 bool with_input) = 0;
    /// Fills int32 (N, words) with masks, see dropout.hpp.
    virtual void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key,
                              std::uint32_t layer, std::uint32_t first_sample) = 0;
};

/// Hand-written kernels for float32, float64 and bfloat16 on the CPU.
std::unique_ptr<FusedOps> make_cpu_fused_ops();
/// ATen operators on any device: the reference for the others, and the fallback on a GPU.
std::unique_ptr<FusedOps> make_aten_fused_ops();

}  // namespace msunet::model
