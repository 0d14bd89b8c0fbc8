// SPDX-License-Identifier: Apache-2.0
/// \file
/// The elementwise work between two convolutions as fused operations: ReLU, BatchNorm, pooling,
/// dropout and concatenation in as few passes over memory as possible. The network calls them
/// through this interface, which has three implementations: CPU kernels, ATen operators for any
/// device, and GPU kernels.
///
/// Activations are (N,C,H,W) channels-last, in compute precision; C is a multiple of 32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "msunet/model/dropout.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {

/// A BatchNorm layer within a step.
struct Norm {
    unet::BatchNormConstants constants{};
    at::Tensor gamma{}, beta{};                    ///< (C) master precision
    at::Tensor moving_mean{}, moving_variance{};   ///< (C) master precision
    at::Tensor gamma_gradient{}, beta_gradient{};  ///< (C) master precision; undefined: frozen
    bool batch_statistics = true;                  ///< false: moving statistics
    /// (2,C) float64: forward Σa and Σa² of a = relu(z + bias), backward Σdy and Σdy·â.
    at::Tensor sums{};
    at::Tensor mean{}, inverse{};  ///< (C) float64: mean, 1/sqrt(variance + ε)
    at::Tensor scale{}, shift{};   ///< (C) master precision: y = scale·a + shift
    at::Tensor correction{};  ///< (2,C) master precision: da = scale·dy − c0 − c1·a, see backward
    /// (C) master precision: the convolution's bias, which z then lacks; undefined: z has it. Only
    /// where FusedOps::for_gpu.
    at::Tensor bias{};
};

/// Where the output of BatchNorm is written.
struct Target {
    at::Tensor out{};         ///< channels [offset, offset + C); may be undefined with `pooled`
    std::int64_t offset = 0;  ///< first channel in `out`
    at::Tensor bits{};        ///< dropout mask of all of `out`; undefined: none
    double keep_scale = 1;
    at::Tensor pooled{};      ///< 2×2 maximum of it, before dropout; undefined: none
    at::Tensor pool_index{};  ///< uint8: the first of the four (row-major) that is largest
};

/// Where the gradient of BatchNorm's output comes from: the sum of two parts.
struct Source {
    at::Tensor gradient{};  ///< channels [offset, offset + C); undefined: none
    std::int64_t offset = 0;
    at::Tensor bits{};  ///< dropout mask of all of `gradient`; undefined: none
    double keep_scale = 1;
    at::Tensor pooled{};  ///< gradient of the 2×2 maximum; undefined: none
    at::Tensor pool_index{};
};

/// What follows the last 3×3 convolution: ReLU and the 1×1 convolution to the logits.
struct HeadWeights {
    at::Tensor score{}, score_bias{};  ///< (1,1,1,2), (1) master precision: of the 1×1 convolution
    /// In master precision; undefined: frozen. `bias_gradient` (2) is that of the 3×3 convolution.
    at::Tensor score_gradient{}, score_bias_gradient{}, bias_gradient{};
};

/// The gradient of a kernel as a library has made it, in any type, and where it belongs, in master
/// precision. Both are (cout,kh,kw,cin).
struct KernelGradient {
    at::Tensor from, to;
};

/// Stateless; every method takes tensors of one device and one compute precision.
class FusedOps {
public:
    virtual ~FusedOps() = default;

    /// Whether every operation costs a kernel launch. The network then passes the bias of each
    /// convolution that BatchNorm follows in `norm.bias`, so that the fused operations add it, and
    /// converts all weights to compute precision at once.
    [[nodiscard]] virtual bool for_gpu() const { return false; }

    /// norm.sums = (Σa, Σa²) by channel. Here and below a = relu(z + norm.bias), without a bias
    /// relu(z).
    virtual void relu_sums(const at::Tensor& z, Norm& norm) = 0;
    /// Computes mean, inverse, scale and shift from norm.sums over `count` values a channel, or
    /// from the moving statistics. With batch statistics it also updates the moving ones, with the
    /// layer's momentum and the unbiased variance.
    virtual void prepare_norm(Norm& norm, std::int64_t count) = 0;
    /// relu_sums, then prepare_norm.
    virtual void norm_statistics(const at::Tensor& z, Norm& norm, std::int64_t count);
    /// Writes y = scale·a + shift to `target`. `target.out` may be `z` itself.
    virtual void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) = 0;
    /// norm.sums = (Σdy, Σdy·â) by channel, where â = (a − mean)·inverse.
    virtual void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) = 0;
    /// Copies this rank's norm.sums to the gradients of beta and gamma.
    virtual void take_norm_gradients(Norm& norm) = 0;
    /// Computes norm.correction from norm.sums over `count` values a channel; zero without batch
    /// statistics.
    virtual void prepare_norm_backward(Norm& norm, std::int64_t count) = 0;
    /// norm_backward_sums, then take_norm_gradients if the layer trains (norm.gamma_gradient is
    /// defined), then prepare_norm_backward.
    virtual void norm_backward_statistics(const at::Tensor& z, const Source& source, Norm& norm,
                                          std::int64_t count);
    /// Replaces z by its gradient (a > 0)·(scale·dy − c0 − c1·a), and `bias_gradient` (C), if
    /// defined, by the sum of that by channel.
    virtual void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                               const at::Tensor& bias_gradient) = 0;
    /// The network's first convolution, 3×3 "same", of x (N,1,H,W) to (N,C,H,W), with weights
    /// (C,3,3,1) and bias (C) in master precision. The bias is not added where norm.bias is
    /// defined.
    virtual at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                         const at::Tensor& bias, Norm& norm) = 0;
    /// Whether `first_convolution` also computes norm.sums, as `relu_sums` does.
    [[nodiscard]] virtual bool sums_in_first_convolution() const { return false; }
    /// Computes the gradient (C,3,3,1) of its weights, in master precision, from that of its
    /// output.
    virtual void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                            const at::Tensor& weights_gradient) = 0;
    /// The network's last 3×3 convolution, of x (N,32,H,W) to (N,2,H,W), with weights (2,3,3,32)
    /// and bias (2) in master precision.
    virtual at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                        const at::Tensor& bias) = 0;
    /// Returns the gradient of its input, undefined unless `with_input`, and computes that of its
    /// weights into `weights_gradient`, in master precision, if it is defined. Releases x as soon
    /// as it has been read.
    virtual at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                                 const at::Tensor& weights,
                                                 const at::Tensor& weights_gradient,
                                                 bool with_input) = 0;
    /// The logits (N,H,W) in master precision from the last 3×3 convolution's output z, which it
    /// replaces by what `head_backward` reads.
    [[nodiscard]] virtual at::Tensor head_forward(at::Tensor& z, const HeadWeights& weights);
    /// Computes the gradients of the weights that train from that of the logits (N,H,W). Returns
    /// that of the 3×3 convolution's output, undefined unless `with_input`; it may be z.
    virtual at::Tensor head_backward(at::Tensor z, const at::Tensor& logits_gradient,
                                     const HeadWeights& weights, bool with_input);
    /// The 3×3 kernel (cin,cout,3,3), channels-last, of the transposed convolution of stride 2 that
    /// does what nearest ×2 up-sampling and the kernel (cout,2,2,cin) do, in this type.
    [[nodiscard]] virtual at::Tensor widened_kernel(const at::Tensor& kernel, at::ScalarType type);
    /// Computes the gradient of the 2×2 kernel from that of the 3×3 one.
    virtual void narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient);
    /// Copies each gradient to its place in the flat gradients, in master precision.
    virtual void take_kernel_gradients(std::span<const KernelGradient> gradients);
    /// Fills `bits`, int32 (N, words), with dropout masks, see dropout.hpp.
    virtual void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key,
                              std::uint32_t layer, std::uint32_t first_sample) = 0;
};

/// Hand-written CPU kernels for float32, float64 and bfloat16; they throw core::Error for other
/// types.
[[nodiscard]] std::unique_ptr<FusedOps> make_cpu_fused_ops();
/// ATen operators on any device: the reference for the others, and the fallback on a GPU.
[[nodiscard]] std::unique_ptr<FusedOps> make_aten_fused_ops();

}  // namespace msunet::model
