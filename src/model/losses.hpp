// SPDX-License-Identifier: Apache-2.0
/// \file
/// Losses by pixel, as defined by Keras 2.15. Dice, the only one that is not a mean over pixels, is
/// in objective.cpp.
#pragma once

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

/// By Keras's name or alias. Throws core::UsageError for other names.
[[nodiscard]] LossKind loss_kind(std::string_view name);

/// Whether compiled Keras computes the loss from the logits of a sigmoid.
[[nodiscard]] bool has_logit_form(LossKind kind);

/// Value and derivative of a loss by pixel, in the shape of the predictions.
struct PixelLoss {
    at::Tensor value;
    at::Tensor derivative;  ///< with respect to the prediction, or to the logit
};

/// For targets t, 0 or 1, and predictions p.
[[nodiscard]] PixelLoss pixel_loss(LossKind kind, const at::Tensor& t, const at::Tensor& p);

/// The same from logits x with p = sigmoid(x), for losses with has_logit_form.
[[nodiscard]] PixelLoss pixel_loss_on_logits(LossKind kind, const at::Tensor& t,
                                             const at::Tensor& x, const at::Tensor& p);

}  // namespace msunet::model
