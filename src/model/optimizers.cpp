// SPDX-License-Identifier: Apache-2.0
/// \file
/// The optimizers by name, and the rules of a few lines.

#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sqrt.h>

#include <string>

#include "model/update_rule.hpp"
#include "msunet/core/error.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

class Sgd final : public UpdateRule {
public:
    explicit Sgd(FlatParameters& parameters) : UpdateRule(parameters) {}
    void apply() override { w_.sub_(g_ * factor(0)); }
};

class RmsProp final : public UpdateRule {
public:
    explicit RmsProp(FlatParameters& parameters)
        : UpdateRule(parameters), velocity_(add_state("velocity", 0)) {}
    void apply() override {
        constexpr double rho = 0.9;
        velocity_.mul_(rho).add_(g_ * g_, 1 - rho);
        w_.sub_(factor(0) * g_ * at::rsqrt(velocity_ + epsilon));
    }

private:
    at::Tensor velocity_;
};

class Adadelta final : public UpdateRule {
public:
    explicit Adadelta(FlatParameters& parameters)
        : UpdateRule(parameters),
          gradients_(add_state("accumulated_grad", 0)),
          deltas_(add_state("accumulated_delta_var", 0)) {}
    void apply() override {
        constexpr double rho = 0.95;
        gradients_.mul_(rho).add_(g_ * g_, 1 - rho);
        const at::Tensor delta = at::sqrt(deltas_ + epsilon) * g_ / at::sqrt(gradients_ + epsilon);
        deltas_.mul_(rho).add_(delta * delta, 1 - rho);
        w_.sub_(factor(0) * delta);
    }

private:
    at::Tensor gradients_, deltas_;
};

class Adagrad final : public UpdateRule {
public:
    explicit Adagrad(FlatParameters& parameters)
        : UpdateRule(parameters), accumulator_(add_state("accumulator", 0.1)) {}
    void apply() override {
        accumulator_.add_(g_ * g_);
        w_.sub_(factor(0) * g_ / at::sqrt(accumulator_ + epsilon));
    }

private:
    at::Tensor accumulator_;
};

class Ftrl final : public UpdateRule {
public:
    explicit Ftrl(FlatParameters& parameters)
        : UpdateRule(parameters),
          accumulator_(add_state("accumulator", 0.1)),
          linear_(add_state("linear", 0)) {}
    void apply() override {
        const at::Tensor root = at::sqrt(accumulator_);
        accumulator_.add_(g_ * g_);
        const at::Tensor new_root = at::sqrt(accumulator_);
        linear_.add_(g_ - (new_root - root) / factor(0) * w_);
        w_.copy_(-linear_ / (new_root / factor(0)));
    }

private:
    at::Tensor accumulator_, linear_;
};

class Lion final : public UpdateRule {
public:
    explicit Lion(FlatParameters& parameters) : UpdateRule(parameters), m_(add_state("m", 0)) {}
    void apply() override {
        const double b1 = rounded<double>(0.9), b2 = rounded<double>(0.99);
        w_.sub_(factor(0) * at::sign(m_ * b1 + g_ * (1 - b1)));
        m_.mul_(b2).add_(g_, 1 - b2);
    }

private:
    at::Tensor m_;
};

template <class T>
std::unique_ptr<Optimizer> make_rule(FlatParameters& parameters) {
    return std::make_unique<T>(parameters);
}

}  // namespace

std::unique_ptr<Optimizer> Optimizer::make(std::string_view name, FlatParameters& parameters) {
    const std::string canonical = unet::canonical_optimizer(name);
    const std::pair<std::string_view, std::unique_ptr<Optimizer> (*)(FlatParameters&)> all[] = {
        {"SGD", make_rule<Sgd>},
        {"RMSprop", make_rule<RmsProp>},
        {"Adam", make_adam},
        {"AdamW", make_adamw},
        {"Adadelta", make_rule<Adadelta>},
        {"Adafactor", make_adafactor},
        {"Adagrad", make_rule<Adagrad>},
        {"Adamax", make_adamax},
        {"Nadam", make_nadam},
        {"Ftrl", make_rule<Ftrl>},
        {"Lion", make_rule<Lion>}};
    for (const auto& [known, factory] : all) {
        if (known == canonical) return factory(parameters);
    }
    throw core::UsageError({.kind = "optimizer", .key = canonical, .problem = "is unknown"});
}

}  // namespace msunet::model
