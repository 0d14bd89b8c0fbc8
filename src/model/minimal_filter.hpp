// SPDX-License-Identifier: Apache-2.0
#pragma once

// Convolutions by our own kernels for minimal filtering (kernels/minimal_filter.hpp): 4/9 of the
// multiplications of a direct convolution. Every pixel has the same bits whatever the threads and the
// other samples of a batch; gradients of kernels have the same bits for the same threads.

#include <ATen/core/Tensor.h>

#include "model/kernels/table.hpp"

namespace msunet::model {

/// Whether tensors of a type, images and a kernel (cout,kh,kw,cin), are what a filter computes with:
/// float32 on the CPU, channels multiples of 32.
bool suits(const kernels::MinimalFilter& filter, const at::Tensor& kernel, at::ScalarType type);

/// x (N,cin,H,W) channels-last, N > 0; the result as large as the filter makes it.
at::Tensor convolve(const kernels::MinimalFilter& filter, const at::Tensor& x,
                    const at::Tensor& kernel, const at::Tensor& bias);

/// The gradient of x from that of the result.
at::Tensor input_gradient(const kernels::MinimalFilter& filter, const at::Tensor& gradient,
                          const at::Tensor& kernel);

/// Writes the gradient of the kernel, (cout,kh,kw,cin).
void write_kernel_gradient(const kernels::MinimalFilter& filter, const at::Tensor& x,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient);

}  // namespace msunet::model
