// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions of bfloat16 on a processor's matrix unit (kernels/tile_convolution.hpp). Products
/// are summed in float32. The bits of a pixel depend neither on the threads nor on the other
/// samples of the batch; gradients of kernels have the same bits for the same number of threads.
///
/// Activations (N,C,H,W) are bfloat16, channels-last on the CPU with N > 0 and C a multiple of 32.
/// Kernels (cout,kh,kw,cin) and biases are float32.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/convolution.hpp"
#include "model/kernels/table.hpp"

namespace msunet::model {

/// Whether it is for kernels of this size, on the CPU in float32, with multiples of 32 channels.
[[nodiscard]] bool is_applicable(const kernels::TileConvolution& tiles, const at::Tensor& kernel);

/// The input by the kernel, plus bias. Where `sums` (2,cout) in float64 is defined, also computes
/// Σa and Σa² of a = relu(output) by channel there.
[[nodiscard]] at::Tensor convolve(const kernels::TileConvolution& tiles,
                                  const ConvolutionInput& input, const at::Tensor& kernel,
                                  const at::Tensor& bias, const at::Tensor& sums = {});

/// The gradient of the input from the gradient of the output.
[[nodiscard]] at::Tensor input_gradient(const kernels::TileConvolution& tiles,
                                        const at::Tensor& gradient, const at::Tensor& kernel);

/// Computes the gradient of the kernel into `kernel_gradient`.
void write_kernel_gradient(const kernels::TileConvolution& tiles, const ConvolutionInput& input,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient);

}  // namespace msunet::model
