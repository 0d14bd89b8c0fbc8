// SPDX-License-Identifier: Apache-2.0
#pragma once

// Losses by pixel, by the definitions of Keras 2.15. Dice, the only one that is no mean over
// pixels, is in objective.cpp.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>

namespace msunet::model {

enum class LossKind : std::uint8_t {
    dice,
    binary_crossentropy,
    binary_focal_crossentropy,
    mean_squared_error,
    mean_absolute_error,
    mean_squared_logarithmic_error,
    mean_absolute_percentage_error,
    hinge,
    squared_hinge,
    huber,
    log_cosh,
    poisson,
    kl_divergence,
    cosine_similarity,
};

/// By Keras's name or alias; throws core::UsageError.
LossKind loss_kind(std::string_view name);

/// Whether the loss has a form on the logits of a sigmoid, which compiled Keras takes.
bool has_logit_form(LossKind kind);

/// Value and derivative by pixel, shaped like the predictions.
struct PixelLoss {
    at::Tensor value;
    at::Tensor derivative;  ///< by the prediction; of the logit form by the logit
};

/// t: targets 0 or 1; p: predictions.
PixelLoss pixel_loss(LossKind kind, const at::Tensor& t, const at::Tensor& p);

/// The same on logits x with p = sigmoid(x), for losses that have that form.
PixelLoss pixel_loss_on_logits(LossKind kind, const at::Tensor& t, const at::Tensor& x,
                               const at::Tensor& p);

}  // namespace msunet::model
