// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions: in float32 and bfloat16 on the CPU by our own kernels, otherwise by ATen.
/// Activations are channels-last; kernels are (cout, kh, kw, cin).
#pragma once

#include <ATen/core/Tensor.h>

namespace msunet::model {

/// `same`: odd kernel, zero padding. `up`: nearest ×2 up-sampling, then a 2×2 convolution padded
/// bottom and right; for ATen it is one transposed convolution of stride 2.
enum class ConvolutionKind { same, up };

/// A convolution's weights.
struct Convolution {
    ConvolutionKind kind = ConvolutionKind::same;
    at::Tensor kernel{}, bias{};                    ///< master (cout,kh,kw,cin), (cout)
    at::Tensor kernel_gradient{}, bias_gradient{};  ///< undefined: frozen
    /// The kernel in compute precision as ATen needs it: a view of it, or the 3×3 kernel of the
    /// transposed convolution. Undefined where our own kernels are used, which read `kernel`.
    at::Tensor weights{};

    [[nodiscard]] bool trainable() const { return kernel_gradient.defined(); }
    /// Updates `weights` from the kernel.
    void refresh(at::ScalarType type);
};

/// x (N,cin,H,W) → (N,cout,H,W), or (N,cout,2H,2W) for `up`; N ≥ 0. `weights`, if defined, have x's
/// type.
[[nodiscard]] at::Tensor convolve(const Convolution& convolution, const at::Tensor& x);

/// Returns the gradient of the input, undefined unless `with_input`, and computes that of the
/// kernel into `kernel_gradient` if it is defined. Releases x as soon as it has been read.
at::Tensor convolve_backward(const Convolution& convolution, const at::Tensor& gradient,
                             at::Tensor x, bool with_input);

}  // namespace msunet::model
