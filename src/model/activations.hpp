// SPDX-License-Identifier: Apache-2.0
#pragma once

// Final activations and their derivatives, as TensorFlow computes them.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>

namespace msunet::model {

enum class ActivationKind : std::uint8_t {
    linear,
    sigmoid,
    hard_sigmoid,
    tanh,
    relu,
    softplus,
    softsign,
    elu,
    selu,
    gelu,
    swish,
    mish,
    exponential,
    softmax,
};

/// By Keras's name or alias; throws core::UsageError.
ActivationKind activation_kind(std::string_view name);

/// Logits to predictions.
at::Tensor activate(ActivationKind kind, const at::Tensor& logits);

/// From the gradient by the predictions to that by the logits.
at::Tensor activate_backward(ActivationKind kind, const at::Tensor& gradient,
                             const at::Tensor& logits, const at::Tensor& predictions);

}  // namespace msunet::model
