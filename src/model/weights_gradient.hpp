// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels/table.hpp"

namespace msunet::model {

/// Writes the gradient of a 3×3 convolution's kernel by our own code where that is faster than the
/// library's; false, and nothing written, elsewhere. Asks for channels-last float32 on a processor
/// with AVX2 alone.
/// x (N,cin,H,W), gradient (N,cout,H,W), result (cout,kh,kw,cin). The same number of threads gives
/// the same bits.
bool write_weights_gradient(const at::Tensor& x, const at::Tensor& gradient,
                            const at::Tensor& kernel_gradient);

/// The same by a given kernel, whatever the processor's best is.
void write_weights_gradient(const kernels::WeightsGradient& kernel, const at::Tensor& x,
                            const at::Tensor& gradient, const at::Tensor& kernel_gradient);

}  // namespace msunet::model
