// SPDX-License-Identifier: Apache-2.0
#include "model/activations.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/mish_backward.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/sigmoid_backward.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tanh_backward.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

using Kind = ActivationKind;

constexpr std::array<std::pair<std::string_view, Kind>, 14> kinds{{
    {"linear", Kind::linear},
    {"sigmoid", Kind::sigmoid},
    {"hard_sigmoid", Kind::hard_sigmoid},
    {"tanh", Kind::tanh},
    {"relu", Kind::relu},
    {"softplus", Kind::softplus},
    {"softsign", Kind::softsign},
    {"elu", Kind::elu},
    {"selu", Kind::selu},
    {"gelu", Kind::gelu},
    {"swish", Kind::swish},
    {"mish", Kind::mish},
    {"exponential", Kind::exponential},
    {"softmax", Kind::softmax},
}};

/// Klambauer et al. 2017, with TensorFlow's digits.
constexpr double selu_scale = 1.0507009873554804934193349852946;
constexpr double selu_alpha = 1.6732632423543772848170429916717;

at::Tensor exponential_unit(const at::Tensor& x, double alpha) {
    return at::where(x > 0, x, alpha * x.expm1());
}

}  // namespace

ActivationKind activation_kind(std::string_view name) {
    const std::string canonical = unet::canonical_activation(name);
    for (const auto& [known, kind] : kinds) {
        if (known == canonical) return kind;
    }
    throw core::UsageError({.kind = "activation", .key = canonical, .problem = "is unknown"});
}

at::Tensor activate(ActivationKind kind, const at::Tensor& x) {
    switch (kind) {
        case Kind::linear:
            return x;
        case Kind::sigmoid:
            return at::sigmoid(x);
        case Kind::hard_sigmoid:
            return (x * 0.2 + 0.5).clamp(0, 1);
        case Kind::tanh:
            return at::tanh(x);
        case Kind::relu:
            return at::relu(x);
        case Kind::softplus:
            return at::softplus(x);
        case Kind::softsign:
            return x / (at::abs(x) + 1);
        case Kind::elu:
            return exponential_unit(x, 1);
        case Kind::selu:
            return selu_scale * exponential_unit(x, selu_alpha);
        case Kind::gelu:
            return at::gelu(x);
        case Kind::swish:
            return at::silu(x);
        case Kind::mish:
            return at::mish(x);
        case Kind::exponential:
            return at::exp(x);
        case Kind::softmax:
            return at::ones_like(x);
    }
    return x;
}

at::Tensor activate_backward(ActivationKind kind, const at::Tensor& dy, const at::Tensor& x,
                             const at::Tensor& y) {
    switch (kind) {
        case Kind::linear:
            return dy;
        case Kind::sigmoid:
            return at::sigmoid_backward(dy, y);
        case Kind::hard_sigmoid: {
            const at::Tensor line = x * 0.2 + 0.5;
            return at::where((line >= 0).logical_and(line <= 1), dy * 0.2, at::zeros_like(dy));
        }
        case Kind::tanh:
            return at::tanh_backward(dy, y);
        case Kind::relu:
            return at::threshold_backward(dy, x, 0);
        case Kind::softplus:
            return dy * at::sigmoid(x);
        case Kind::softsign:
            return dy / (at::abs(x) + 1).square();
        case Kind::elu:
            return at::where(x > 0, dy, dy * (y + 1));
        case Kind::selu:
            return at::where(x > 0, dy * selu_scale, dy * (y + selu_scale * selu_alpha));
        case Kind::gelu:
            return at::gelu_backward(dy, x);
        case Kind::swish:
            return at::silu_backward(dy, x);
        case Kind::mish:
            return at::mish_backward(dy, x);
        case Kind::exponential:
            return dy * y;
        case Kind::softmax:
            return at::zeros_like(dy);
    }
    return dy;
}

}  // namespace msunet::model
