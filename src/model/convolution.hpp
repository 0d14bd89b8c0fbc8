// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions: in float32 and bfloat16 on the CPU by our own kernels, otherwise by ATen.
/// Activations are channels-last; kernels are (cout, kh, kw, cin).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace msunet::model {

/// `same`: odd kernel, zero padding. `up`: nearest ×2 up-sampling, then a 2×2 convolution padded
/// bottom and right; for ATen it is one transposed convolution of stride 2.
enum class ConvolutionKind { same, up };

class FusedOps;
struct KernelGradient;

/// FusedOps::widened_kernel in master precision, by ATen operators.
[[nodiscard]] at::Tensor aten_widened_kernel(const at::Tensor& kernel);
/// FusedOps::narrow_gradient, likewise.
void aten_narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient);

/// A convolution's weights.
struct Convolution {
    ConvolutionKind kind = ConvolutionKind::same;
    at::Tensor kernel{}, bias{};                    ///< master (cout,kh,kw,cin), (cout)
    at::Tensor kernel_gradient{}, bias_gradient{};  ///< undefined: frozen
    /// A copy of the kernel in compute precision that its owner (Weights) keeps up to date;
    /// undefined where there is none.
    at::Tensor converted{};
    /// The kernel as ATen needs it, in compute precision: a view of `kernel` or of its copy, or the
    /// 3×3 kernel of the transposed convolution. Undefined where our own kernels are used, which
    /// read `kernel`.
    at::Tensor weights{};

    [[nodiscard]] bool trainable() const { return kernel_gradient.defined(); }
    /// Updates `weights` from the kernel. `fused_ops` null: by ATen operators.
    void refresh(at::ScalarType type, FusedOps* fused_ops = nullptr);
};

/// What a convolution reads: x (N,cin,H,W), or scale·relu(x) + shift by channel, which its kernels
/// compute and round while they read.
struct ConvolutionInput {
    at::Tensor x;
    at::Tensor scale{}, shift{};  ///< (cin) float32; undefined: x itself

    [[nodiscard]] bool needs_norm() const { return scale.defined(); }
};

/// Whether the kernels of a convolution normalise inputs like x. Elsewhere an input with `scale`
/// is an internal error, a core::Error.
[[nodiscard]] bool normalises_input(const Convolution& convolution, const at::Tensor& x);

/// x (N,cin,H,W) → (N,cout,H,W), or (N,cout,2H,2W) for `up`; N ≥ 0. `weights`, if defined, have x's
/// type. Without `with_bias` ATen is used, and the bias is not added.
[[nodiscard]] at::Tensor convolve(const Convolution& convolution, const at::Tensor& x,
                                  bool with_bias = true);

struct Convolved {
    at::Tensor z;
    bool summed;  ///< the kernels have computed the sums, too
};
/// The same with FusedOps::relu_sums of the output, (2,cout) in float64, where the kernels can; not
/// if `sums` is undefined.
[[nodiscard]] Convolved convolve_and_sum(const Convolution& convolution,
                                         const ConvolutionInput& input, bool with_bias,
                                         const at::Tensor& sums);

/// Returns the gradient of the input, undefined unless `with_input`, and computes that of the
/// kernel into `kernel_gradient` if it is defined. Releases the input as soon as it has been read.
/// `fused_ops` null: kernels are converted by ATen operators. `later` not null: a gradient of the
/// kernel that only has to be copied to `kernel_gradient` is appended there instead.
at::Tensor convolve_backward(const Convolution& convolution, const at::Tensor& gradient,
                             ConvolutionInput input, bool with_input, FusedOps* fused_ops = nullptr,
                             std::vector<KernelGradient>* later = nullptr);

}  // namespace msunet::model
