// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/objective.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include "model/activations.hpp"
#include "model/losses.hpp"
#include "msunet/model/metrics.hpp"

namespace msunet::model {

struct Objective::Kinds {
    LossKind loss;
    ActivationKind activation;
};

Objective::Objective(std::string_view loss, std::string_view activation)
    : kinds_(std::make_shared<Kinds>(Kinds{loss_kind(loss), activation_kind(activation)})) {}

at::Tensor Objective::predict(const at::Tensor& logits) const {
    return activate(kinds_->activation, logits);
}

std::optional<SigmoidLoss> Objective::sigmoid_loss() const {
    if (kinds_->activation != ActivationKind::sigmoid) return std::nullopt;
    switch (kinds_->loss) {
        case LossKind::dice:
            return SigmoidLoss::dice;
        case LossKind::binary_crossentropy:
            return SigmoidLoss::binary_crossentropy;
        case LossKind::binary_focal_crossentropy:
            return SigmoidLoss::binary_focal_crossentropy;
        default:
            return std::nullopt;
    }
}

Objective::Result Objective::evaluate(const at::Tensor& logits, const at::Tensor& targets,
                                      const at::Tensor& weights, std::int64_t global_samples,
                                      bool with_gradient) const {
    const auto [loss, activation] = *kinds_;
    const std::int64_t samples = logits.size(0), pixels = logits.size(1) * logits.size(2);
    const at::Tensor x = logits.reshape({samples, pixels});
    const at::Tensor t = targets.reshape({samples, pixels});
    const at::Tensor p = activate(activation, x);
    const auto sum = [](const at::Tensor& v) { return v.sum({1}, false, at::kDouble); };
    const at::Tensor tp = sum(t * p), truth = sum(t), prediction = sum(p);

    Result result;
    at::Tensor derivative;  // of a sample's loss, by p or by x
    bool by_logit = false;
    if (loss == LossKind::dice) {
        const at::Tensor above = 2 * tp + metric_epsilon;
        const at::Tensor below = truth + prediction + metric_epsilon;
        result.losses = 1 - above / below;
        if (with_gradient) {
            const auto column = [&](const at::Tensor& v) {
                return v.to(x.scalar_type()).unsqueeze(1);
            };
            derivative = column(above / below.square()) - t * column(2 / below);
        }
    } else {
        by_logit = activation == ActivationKind::sigmoid && has_logit_form(loss);
        const PixelLoss pixel =
            by_logit ? pixel_loss_on_logits(loss, t, x, p) : pixel_loss(loss, t, p);
        result.losses = sum(pixel.value) / static_cast<double>(pixels);
        if (with_gradient) derivative = pixel.derivative / static_cast<double>(pixels);
    }
    const at::Tensor wide_weights = weights.to(at::kDouble);
    result.sums = at::stack({(wide_weights * result.losses).sum(), result.losses.sum(), tp.sum(),
                             truth.sum(), prediction.sum()});
    if (with_gradient) {
        derivative = derivative * (weights.unsqueeze(1) / static_cast<double>(global_samples));
        result.gradient = (by_logit ? derivative : activate_backward(activation, derivative, x, p))
                              .view(logits.sizes());
    }
    return result;
}

}  // namespace msunet::model
