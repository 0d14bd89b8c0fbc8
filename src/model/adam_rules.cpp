// SPDX-License-Identifier: Apache-2.0
/// \file
/// Adam and its variants.

#include <ATen/Parallel.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/sqrt.h>

#include <cmath>

#include "model/kernels/table.hpp"
#include "model/update_rule.hpp"

namespace msunet::model {
namespace {

class Adam : public UpdateRule {
public:
    explicit Adam(FlatParameters& parameters)
        : UpdateRule(parameters), m_(add_state("m", 0)), v_(add_state("v", 0)) {}

    void apply() override {
        if (is_double()) {
            run<double>(kernels::kernels().adam64);
        } else {
            run<float>(kernels::kernels().adam32);
        }
    }

    [[nodiscard]] std::optional<AdamUpdate> adam_update() const override {
        return AdamUpdate{.values = w_,
                          .gradients = g_,
                          .m = m_,
                          .v = v_,
                          .factors = device_factors(),
                          .beta_1 = beta_1,
                          .beta_2 = beta_2,
                          .epsilon = epsilon,
                          .decay = 0};
    }

protected:
    std::vector<double> factors(std::int64_t step, double lr) override {
        return in_type(step, lr, [](auto t, auto rate) {
            using T = decltype(t);
            const T power_1 = std::pow(rounded<T>(beta_1), t);
            const T power_2 = std::pow(rounded<T>(beta_2), t);
            return std::vector<T>{rate * std::sqrt(1 - power_2) / (1 - power_1), rate};
        });
    }

private:
    template <class T, class Kernel>
    void run(Kernel kernel) {
        at::parallel_for(0, w_.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
            kernel(w_.mutable_data_ptr<T>(), g_.data_ptr<T>(), m_.mutable_data_ptr<T>(),
                   v_.mutable_data_ptr<T>(), begin, end, static_cast<T>(host_factor(0)),
                   static_cast<T>(1 - beta_1), static_cast<T>(1 - beta_2), static_cast<T>(epsilon));
        });
    }

    at::Tensor m_, v_;
};

class AdamW final : public Adam {
public:
    using Adam::Adam;
    void apply() override {
        w_.sub_(w_ * decay() * factor(1));
        Adam::apply();
    }
    [[nodiscard]] std::optional<AdamUpdate> adam_update() const override {
        auto update = Adam::adam_update();
        update->decay = decay();
        return update;
    }

private:
    static double decay() { return rounded<double>(0.004); }
};

class Adamax final : public UpdateRule {
public:
    explicit Adamax(FlatParameters& parameters)
        : UpdateRule(parameters), m_(add_state("m", 0)), u_(add_state("u", 0)) {}
    void apply() override {
        m_.add_(g_ - m_, 1 - beta_1);
        u_.copy_(at::maximum(u_ * beta_2, g_.abs()));
        w_.sub_(factor(0) * m_ / (factor(1) * (u_ + epsilon)));
    }

protected:
    std::vector<double> factors(std::int64_t step, double lr) override {
        return in_type(step, lr, [](auto t, auto rate) {
            using T = decltype(t);
            return std::vector<T>{rate, 1 - std::pow(rounded<T>(beta_1), t)};
        });
    }

private:
    at::Tensor m_, u_;
};

/// Compiled Keras multiplies its cached product once for each variable, by mistake; here it is once
/// a step, as in Keras's eager mode.
class Nadam final : public UpdateRule {
public:
    explicit Nadam(FlatParameters& parameters)
        : UpdateRule(parameters), m_(add_state("m", 0)), v_(add_state("v", 0)) {}
    void apply() override {
        m_.add_((g_ - m_) * factor(4));
        v_.add_((g_ * g_ - v_) * factor(5));
        const at::Tensor m_hat = m_ * factor(1) + g_ * factor(2);
        w_.sub_(m_hat * factor(0) / (at::sqrt(v_ / factor(3)) + epsilon));
    }

protected:
    std::vector<double> factors(std::int64_t step, double lr) override {
        return in_type(step, lr, [this](auto t, auto rate) {
            using T = decltype(t);
            const T now = share<T>(t), next = share<T>(t + 1);
            product_ = static_cast<T>(product_) * now;
            const T product = static_cast<T>(product_);
            return std::vector<T>{rate,
                                  next / (1 - product * next),
                                  (1 - now) / (1 - product),
                                  1 - std::pow(rounded<T>(beta_2), t),
                                  1 - rounded<T>(beta_1),
                                  1 - rounded<T>(beta_2)};
        });
    }
    void rewind(std::int64_t iterations) override {
        product_ = 1;
        for (std::int64_t step = 1; step <= iterations; ++step) factors(step, 0);
    }

private:
    /// Dozat's momentum schedule.
    template <class T>
    static T share(T t) {
        return rounded<T>(beta_1) * (1 - T(0.5) * std::pow(rounded<T>(0.96), t));
    }

    double product_ = 1;
    at::Tensor m_, v_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adam(FlatParameters& parameters) {
    return std::make_unique<Adam>(parameters);
}

std::unique_ptr<Optimizer> make_adamw(FlatParameters& parameters) {
    return std::make_unique<AdamW>(parameters);
}

std::unique_ptr<Optimizer> make_adamax(FlatParameters& parameters) {
    return std::make_unique<Adamax>(parameters);
}

std::unique_ptr<Optimizer> make_nadam(FlatParameters& parameters) {
    return std::make_unique<Nadam>(parameters);
}

}  // namespace msunet::model
