// SPDX-License-Identifier: Apache-2.0
/// \file
/// Final activation and loss, with their derivative, by the definitions of Keras 2.15.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace msunet::model {

/// Objectives that a GPU has kernels for: these losses, by the definitions of `Objective`, on
/// sigmoid.
enum class SigmoidLoss : std::uint8_t { dice, binary_crossentropy, binary_focal_crossentropy };

/// A loss on a final activation. Names as Keras has them, aliases (bce, mse, silu …) included.
class Objective {
public:
    /// Throws core::UsageError for an unknown name.
    Objective(std::string_view loss, std::string_view activation);

    /// What a batch gives. Every tensor is on the logits' device.
    struct Result {
        at::Tensor losses;    ///< (N) float64: loss by sample, not weighted
        at::Tensor gradient;  ///< (N,H,W) like the logits: of Σ wᵢ·lossᵢ / global_samples
        at::Tensor sums;      ///< (5) float64: Σ w·loss, Σ loss, Σ t·p, Σ t, Σ p
    };

    /// logits, targets (N,H,W), weights (N) in the logits' type; N ≥ 0. The gradient is made if
    /// `with_gradient`.
    Result evaluate(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& weights,
                    std::int64_t global_samples, bool with_gradient) const;

    /// Which of these it is; nothing for all others.
    [[nodiscard]] std::optional<SigmoidLoss> sigmoid_loss() const;

    /// The activation alone: logits → predictions, same shape.
    at::Tensor predict(const at::Tensor& logits) const;

private:
    struct Kinds;
    std::shared_ptr<const Kinds> kinds_;
};

}  // namespace msunet::model
