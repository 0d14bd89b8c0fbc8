// SPDX-License-Identifier: Apache-2.0
#pragma once

// Convolutions by our own kernels for minimal filtering (kernels/winograd.hpp): 4/9 of the
// multiplications of a direct convolution. Every pixel has the same bits whatever the threads and
// the other samples of a batch; gradients of kernels have the same bits for the same threads.
//
// T is float or kernels::Bf16: the type of activations, (N,C,H,W) channels-last on the CPU with N >
// 0 and C a multiple of 32. Kernels (cout,kh,kw,cin) and biases are float32.

#include <ATen/core/Tensor.h>

#include "model/kernels/table.hpp"

namespace msunet::model {

/// Whether a filter can take a kernel: its size, float32 on the CPU, channels multiples of 32.
template <class T>
bool suits(const kernels::Winograd<T>& filter, const at::Tensor& kernel);

/// The result is as large as the filter makes it.
template <class T>
at::Tensor convolve(const kernels::Winograd<T>& filter, const at::Tensor& x,
                    const at::Tensor& kernel, const at::Tensor& bias);

/// The gradient of x from that of the result.
template <class T>
at::Tensor input_gradient(const kernels::Winograd<T>& filter, const at::Tensor& gradient,
                          const at::Tensor& kernel);

/// Writes the gradient of the kernel.
template <class T>
void write_kernel_gradient(const kernels::Winograd<T>& filter, const at::Tensor& x,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient);

}  // namespace msunet::model
