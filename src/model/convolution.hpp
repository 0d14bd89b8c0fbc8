// SPDX-License-Identifier: Apache-2.0
#pragma once

// Convolutions through ATen. Activations are channels-last, kernels lie as (cout, kh, kw, cin).

#include <ATen/core/Tensor.h>

namespace msunet::model {

/// `same`: odd kernel, zero padding. `up`: nearest ×2 up-sampling and a 2×2 convolution that pads
/// bottom and right, computed as one transposed convolution of stride 2 (architecture.md 11).
enum class ConvolutionKind { same, up };

/// The weights as the convolution reads them: a view of the kernel, or the 3×3 kernel of the
/// transposed convolution. `kernel` in any type.
at::Tensor convolution_weights(ConvolutionKind kind, const at::Tensor& kernel);

/// x (N,cin,H,W) → (N,cout,H,W), or (N,cout,2H,2W) for `up`; N ≥ 0.
at::Tensor convolve(ConvolutionKind kind, const at::Tensor& x, const at::Tensor& weights,
                    const at::Tensor& bias);

/// Gradients of input (returned, undefined unless asked for) and of the kernel, written to
/// `kernel_gradient` (cout, kh, kw, cin) if that is defined.
at::Tensor convolve_backward(ConvolutionKind kind, const at::Tensor& gradient, const at::Tensor& x,
                             const at::Tensor& weights, bool with_input,
                             const at::Tensor& kernel_gradient);

}  // namespace msunet::model
