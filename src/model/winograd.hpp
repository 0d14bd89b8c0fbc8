// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions by Winograd's algorithm (kernels/winograd.hpp), with 1/4 or 4/9 of the
/// multiplications of a direct convolution. The bits of a pixel depend neither on the threads nor
/// on the other samples of the batch; gradients of kernels have the same bits for the same number
/// of threads.
///
/// T is float or kernels::Bf16: the type of activations (N,C,H,W), channels-last on the CPU with N
/// > 0 and C a multiple of 32. Kernels (cout,kh,kw,cin) and biases are float32.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels/table.hpp"

namespace msunet::model {

/// Whether the algorithm is for kernels of this size, on the CPU in float32, with multiples of 32
/// channels.
template <class T>
[[nodiscard]] bool is_applicable(const kernels::Winograd<T>& winograd, const at::Tensor& kernel);

/// x by the kernel, plus bias.
template <class T>
[[nodiscard]] at::Tensor convolve(const kernels::Winograd<T>& winograd, const at::Tensor& x,
                                  const at::Tensor& kernel, const at::Tensor& bias);

/// The gradient of x from the gradient of the output.
template <class T>
[[nodiscard]] at::Tensor input_gradient(const kernels::Winograd<T>& winograd,
                                        const at::Tensor& gradient, const at::Tensor& kernel);

/// Computes the gradient of the kernel into `kernel_gradient`.
template <class T>
void write_kernel_gradient(const kernels::Winograd<T>& winograd, const at::Tensor& x,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient);

}  // namespace msunet::model
