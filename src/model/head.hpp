// SPDX-License-Identifier: Apache-2.0
/// \file
/// What follows the stages: a 3×3 convolution, ReLU, and the 1×1 convolution to logits.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/stages.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {

/// x (N,C,H,W) → logits (N,H,W) in master precision. With `keep` the head keeps what
/// `head_backward` needs besides x.
at::Tensor head_forward(FusedOps& fused_ops, Head& head, const at::Tensor& x, bool keep);

/// From x and the gradient of the logits: gradients of the head's weights, and of x if that is
/// needed; undefined otherwise. x and what the head keeps are freed as soon as they have been read.
at::Tensor head_backward(FusedOps& fused_ops, Head& head, at::Tensor x,
                         const at::Tensor& logits_gradient, bool needed);

}  // namespace msunet::model
