// SPDX-License-Identifier: Apache-2.0
/// \file
/// The network's first and last convolution on the CPU, see FusedOps.
#pragma once

#include <ATen/core/Tensor.h>

namespace msunet::model::cpu {

/// Also fills `sums` (2,C) with Σa, Σa² of a = relu(z).
[[nodiscard]] at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                           const at::Tensor& bias, const at::Tensor& sums);

void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                const at::Tensor& weights_gradient);

[[nodiscard]] at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                          const at::Tensor& bias);

[[nodiscard]] at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                                   const at::Tensor& weights,
                                                   const at::Tensor& weights_gradient,
                                                   bool with_input);

}  // namespace msunet::model::cpu
