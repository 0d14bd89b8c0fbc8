// SPDX-License-Identifier: Apache-2.0
#include "model/losses.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log1p.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/square.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

constexpr double epsilon = 1e-7;

constexpr std::array<std::pair<std::string_view, LossKind>, 14> loss_kinds{{
    {"dice_coef_loss", LossKind::dice},
    {"binary_crossentropy", LossKind::binary_crossentropy},
    {"binary_focal_crossentropy", LossKind::binary_focal_crossentropy},
    {"mean_squared_error", LossKind::mean_squared_error},
    {"mean_absolute_error", LossKind::mean_absolute_error},
    {"mean_squared_logarithmic_error", LossKind::mean_squared_logarithmic_error},
    {"mean_absolute_percentage_error", LossKind::mean_absolute_percentage_error},
    {"hinge", LossKind::hinge},
    {"squared_hinge", LossKind::squared_hinge},
    {"huber", LossKind::huber},
    {"log_cosh", LossKind::log_cosh},
    {"poisson", LossKind::poisson},
    {"kl_divergence", LossKind::kl_divergence},
    {"cosine_similarity", LossKind::cosine_similarity},
}};

/// x where the condition holds, else 0, as TensorFlow's gradient of clipping.
at::Tensor where(const at::Tensor& condition, const at::Tensor& x) {
    return at::where(condition, x, at::zeros_like(x));
}

at::Tensor within(const at::Tensor& x, double low, double high) {
    return (x >= low).logical_and(x <= high);
}

PixelLoss crossentropy(const at::Tensor& t, const at::Tensor& p) {
    const at::Tensor c = p.clamp(epsilon, 1 - epsilon);
    const at::Tensor on = c + epsilon, off = 1 - c + epsilon;
    return {-(t * at::log(on) + (1 - t) * at::log(off)),
            where(within(p, epsilon, 1 - epsilon), (1 - t) / off - t / on)};
}

/// (1 − p_t)² · crossentropy, where p_t is the prediction of the true class.
PixelLoss focal(const at::Tensor& t, const at::Tensor& p, const PixelLoss& entropy,
                const at::Tensor& p_derivative) {
    const at::Tensor miss = 1 - (t * p + (1 - t) * (1 - p));
    const at::Tensor miss_derivative = (1 - 2 * t) * p_derivative;
    return {miss.square() * entropy.value,
            2 * miss * miss_derivative * entropy.value + miss.square() * entropy.derivative};
}

PixelLoss hinge(const at::Tensor& t, const at::Tensor& p) {
    const at::Tensor side = 2 * t - 1;
    const at::Tensor margin = 1 - side * p;
    return {margin.clamp_min(0), where(margin >= 0, -side)};
}

/// With one channel: both are scaled to length 1, unless they are shorter than 1e-6.
PixelLoss cosine(const at::Tensor& t, const at::Tensor& p) {
    constexpr double shortest = 1e-12;
    const auto inverse_length = [](const at::Tensor& x) {
        return x.square().clamp_min(shortest).rsqrt();
    };
    const at::Tensor direction = t * inverse_length(t);
    return {-direction * p * inverse_length(p),
            where(p.square() < shortest, -direction / std::sqrt(shortest))};
}

PixelLoss logarithmic(const at::Tensor& t, const at::Tensor& p) {
    const at::Tensor c = p.clamp_min(epsilon);
    const at::Tensor difference = at::log(c + 1) - at::log(t.clamp_min(epsilon) + 1);
    return {difference.square(), where(p >= epsilon, 2 * difference / (c + 1))};
}

PixelLoss divergence(const at::Tensor& t, const at::Tensor& p) {
    const at::Tensor tc = t.clamp(epsilon, 1), pc = p.clamp(epsilon, 1);
    return {tc * at::log(tc / pc), where(within(p, epsilon, 1), -tc / pc)};
}

}  // namespace

LossKind loss_kind(std::string_view name) {
    const std::string canonical = unet::canonical_loss(name);
    for (const auto& [known, kind] : loss_kinds) {
        if (known == canonical) return kind;
    }
    throw core::UsageError({.kind = "loss", .key = canonical, .problem = "is unknown"});
}

bool has_logit_form(LossKind kind) {
    return kind == LossKind::binary_crossentropy || kind == LossKind::binary_focal_crossentropy;
}

PixelLoss pixel_loss(LossKind kind, const at::Tensor& t, const at::Tensor& p) {
    const at::Tensor e = p - t;
    switch (kind) {
        case LossKind::binary_crossentropy:
            return crossentropy(t, p);
        case LossKind::binary_focal_crossentropy:
            return focal(t, p, crossentropy(t, p), at::ones_like(p));
        case LossKind::mean_squared_error:
            return {e.square(), 2 * e};
        case LossKind::mean_absolute_error:
            return {e.abs(), e.sign()};
        case LossKind::mean_squared_logarithmic_error:
            return logarithmic(t, p);
        case LossKind::mean_absolute_percentage_error: {
            const at::Tensor scale = 100 / t.abs().clamp_min(epsilon);
            return {e.abs() * scale, e.sign() * scale};
        }
        case LossKind::hinge:
            return hinge(t, p);
        case LossKind::squared_hinge: {
            const PixelLoss h = hinge(t, p);
            return {h.value.square(), 2 * h.value * h.derivative};
        }
        case LossKind::huber:
            return {at::where(e.abs() <= 1, e.square() / 2, e.abs() - 0.5), e.clamp(-1, 1)};
        case LossKind::log_cosh:
            return {e + at::softplus(-2 * e, 1, 80) - std::numbers::ln2, at::tanh(e)};
        case LossKind::poisson:
            return {p - t * at::log(p + epsilon), 1 - t / (p + epsilon)};
        case LossKind::kl_divergence:
            return divergence(t, p);
        case LossKind::cosine_similarity:
            return cosine(t, p);
        case LossKind::dice:
            break;
    }
    throw core::Error(core::ExitCode::failure, "this loss has no value by pixel");
}

PixelLoss pixel_loss_on_logits(LossKind kind, const at::Tensor& t, const at::Tensor& x,
                               const at::Tensor& p) {
    PixelLoss entropy{x.clamp_min(0) - x * t + at::log1p(at::exp(-x.abs())), p - t};
    if (kind == LossKind::binary_crossentropy) return entropy;
    return focal(t, p, entropy, p * (1 - p));
}

}  // namespace msunet::model
