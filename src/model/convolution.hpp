// SPDX-License-Identifier: Apache-2.0
#pragma once

// Convolutions: by our own kernels in float32 and bfloat16 on the CPU, elsewhere through ATen.
// Activations are channels-last, kernels lie as (cout, kh, kw, cin).

#include <ATen/core/Tensor.h>

namespace msunet::model {

/// `same`: odd kernel, zero padding. `up`: nearest ×2 up-sampling and a 2×2 convolution that pads
/// bottom and right, in ATen one transposed convolution of stride 2 (architecture.md 11).
enum class ConvolutionKind { same, up };

/// A convolution's weights.
struct Convolution {
    ConvolutionKind kind = ConvolutionKind::same;
    at::Tensor kernel{}, bias{};                    ///< master (cout,kh,kw,cin), (cout)
    at::Tensor kernel_gradient{}, bias_gradient{};  ///< undefined: frozen
    /// In compute precision, and as ATen reads them: a view of the kernel, or the 3×3 kernel of the
    /// transposed convolution. Undefined where our own kernels are used, which read the master.
    at::Tensor weights{};

    [[nodiscard]] bool trainable() const { return kernel_gradient.defined(); }
    /// Renews `weights` from the master.
    void refresh(at::ScalarType type);
};

/// x (N,cin,H,W) → (N,cout,H,W), or (N,cout,2H,2W) for `up`; N ≥ 0. `weights`, if they are defined,
/// are of x's type.
at::Tensor convolve(const Convolution& convolution, const at::Tensor& x);

/// Gradients of input (returned, undefined unless asked for) and of the kernel, written to
/// `kernel_gradient` if that is defined. x is let go of as soon as it has been read.
at::Tensor convolve_backward(const Convolution& convolution, const at::Tensor& gradient,
                             at::Tensor x, bool with_input);

}  // namespace msunet::model
