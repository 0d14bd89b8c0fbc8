// SPDX-License-Identifier: Apache-2.0
/// \file
/// Final activations and their derivatives, as in TensorFlow.
#pragma once

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

/// By Keras's name or alias. Throws core::UsageError for other names.
[[nodiscard]] ActivationKind activation_kind(std::string_view name);

/// The predictions from the logits.
[[nodiscard]] at::Tensor activate(ActivationKind kind, const at::Tensor& logits);

/// The gradient with respect to the logits from that with respect to the predictions.
[[nodiscard]] at::Tensor activate_backward(ActivationKind kind, const at::Tensor& gradient,
                                           const at::Tensor& logits, const at::Tensor& predictions);

}  // namespace msunet::model
