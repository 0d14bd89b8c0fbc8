// SPDX-License-Identifier: Apache-2.0
// The update rules of Keras 2.15 (keras/src/optimizers/*.py) with its defaults.
//
// Keras computes a step's scalars in the weights' type, from decay rates that were rounded to
// float32 first, in float64 runs too; so do these. Its Nadam multiplies its cached product once a
// variable when compiled, by an oversight; here it is once a step, as its own eager mode does.

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"
#include "msunet/model/optimizer.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

constexpr double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;

/// Base with the buffers at hand and scalars computed in the weights' type.
class Rule : public Optimizer {
protected:
    explicit Rule(FlatParameters& parameters)
        : Optimizer(parameters), w_(parameters.values()), g_(parameters.gradients()) {}

    /// The scalars of a step, by `scalars_of(T step, T lr)` for T float or double.
    template <class F>
    std::vector<double> in_type(std::int64_t step, double lr, F&& scalars_of) const {
        const auto widen = [](const auto& values) {
            return std::vector<double>(values.begin(), values.end());
        };
        if (is_double()) return widen(scalars_of(static_cast<double>(step), lr));
        return widen(scalars_of(static_cast<float>(step), static_cast<float>(lr)));
    }

    std::vector<double> factors(std::int64_t, double lr) override { return {lr}; }

    at::Tensor w_, g_;
};

/// β rounded to float32, in type T.
template <class T>
T rounded(double beta) {
    return static_cast<T>(static_cast<float>(beta));
}

class Sgd final : public Rule {
public:
    explicit Sgd(FlatParameters& parameters) : Rule(parameters) {}
    void apply() override { w_.sub_(g_ * factor(0)); }
};

class RmsProp final : public Rule {
public:
    explicit RmsProp(FlatParameters& parameters)
        : Rule(parameters), velocity_(add_state("velocity", 0)) {}
    void apply() override {
        constexpr double rho = 0.9;
        velocity_.mul_(rho).add_(g_ * g_, 1 - rho);
        w_.sub_(factor(0) * g_ * at::rsqrt(velocity_ + epsilon));
    }

private:
    at::Tensor velocity_;
};

class Adam : public Rule {
public:
    explicit Adam(FlatParameters& parameters)
        : Rule(parameters), m_(add_state("m", 0)), v_(add_state("v", 0)) {}

    void apply() override {
        if (w_.device().is_cpu()) {
            if (is_double()) {
                run<double>(kernels::kernels().adam64);
            } else {
                run<float>(kernels::kernels().adam32);
            }
            return;
        }
        m_.add_(g_ - m_, 1 - beta_1);
        v_.add_(g_ * g_ - v_, 1 - beta_2);
        w_.sub_(m_ * factor(0) / (at::sqrt(v_) + epsilon));
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
            kernel(w_.mutable_data_ptr<T>(), g_.const_data_ptr<T>(), m_.mutable_data_ptr<T>(),
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
        w_.sub_(w_ * rounded<double>(0.004) * factor(1));
        Adam::apply();
    }
};

class Adadelta final : public Rule {
public:
    explicit Adadelta(FlatParameters& parameters)
        : Rule(parameters),
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

class Adagrad final : public Rule {
public:
    explicit Adagrad(FlatParameters& parameters)
        : Rule(parameters), accumulator_(add_state("accumulator", 0.1)) {}
    void apply() override {
        accumulator_.add_(g_ * g_);
        w_.sub_(factor(0) * g_ / at::sqrt(accumulator_ + epsilon));
    }

private:
    at::Tensor accumulator_;
};

class Adamax final : public Rule {
public:
    explicit Adamax(FlatParameters& parameters)
        : Rule(parameters), m_(add_state("m", 0)), u_(add_state("u", 0)) {}
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

class Nadam final : public Rule {
public:
    explicit Nadam(FlatParameters& parameters)
        : Rule(parameters), m_(add_state("m", 0)), v_(add_state("v", 0)) {}
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

class Ftrl final : public Rule {
public:
    explicit Ftrl(FlatParameters& parameters)
        : Rule(parameters),
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

class Lion final : public Rule {
public:
    explicit Lion(FlatParameters& parameters) : Rule(parameters), m_(add_state("m", 0)) {}
    void apply() override {
        const double b1 = rounded<double>(0.9), b2 = rounded<double>(0.99);
        w_.sub_(factor(0) * at::sign(m_ * b1 + g_ * (1 - b1)));
        m_.mul_(b2).add_(g_, 1 - b2);
    }

private:
    at::Tensor m_;
};

/// Shazeer and Stern 2018 with relative steps. Kernels' second moments are factored over Keras's
/// last two dimensions, (cin, cout).
class Adafactor final : public Rule {
public:
    explicit Adafactor(FlatParameters& parameters) : Rule(parameters) {
        for (std::size_t i = 0; i < parameters.segments().size(); ++i) {
            const auto& segment = parameters.segments()[i];
            Moments moments;
            if (segment.is_kernel()) {
                const auto& s = segment.shape;  // (cout,kh,kw,cin)
                moments.rows =
                    add_state("r/" + segment.name, at::zeros({s[1], s[2], s[3]}, w_.options()));
                moments.columns =
                    add_state("c/" + segment.name, at::zeros({s[1], s[2], s[0]}, w_.options()));
            } else {
                moments.all =
                    add_state("v/" + segment.name, at::zeros(segment.shape, w_.options()));
            }
            moments_.push_back(moments);
        }
    }

    void apply() override {
        constexpr double tiny = 1e-30;
        for (std::size_t i = 0; i < moments_.size(); ++i) {
            Moments& m = moments_[i];
            at::Tensor w = parameters().value(i), g = parameters().gradient(i);
            if (m.rows.defined()) {
                w = w.permute({1, 2, 3, 0});
                g = g.permute({1, 2, 3, 0});
            }
            const at::Tensor square = g * g + tiny;
            const auto decay = [&](at::Tensor& moment, const at::Tensor& now) {
                moment.mul_(factor(1)).add_(now * factor(2));
            };
            at::Tensor v;
            if (m.rows.defined()) {
                decay(m.rows, square.mean({3}));
                decay(m.columns, square.mean({2}));
                v = (m.rows / m.rows.mean({2}, true)).unsqueeze(3) * m.columns.unsqueeze(2);
            } else {
                decay(m.all, square);
                v = m.all;
            }
            const auto rms = [](const at::Tensor& x) { return at::sqrt(x.square().mean()); };
            const at::Tensor alpha = rms(w).clamp_min(rounded<double>(1e-3)) * factor(0);
            // In float32 the product of a dead row and a dead column is 0, and Keras's step NaN.
            const at::Tensor u = g * at::rsqrt(v.clamp_min(std::numeric_limits<float>::min()));
            w.sub_(alpha * u / rms(u).clamp_min(1));
        }
    }

protected:
    std::vector<double> factors(std::int64_t step, double lr) override {
        return in_type(step, lr, [](auto t, auto rate) {
            using T = decltype(t);
            const T beta = 1 - std::pow(t, T(-0.8));
            return std::vector<T>{std::min(rate, 1 / std::sqrt(t)), beta, 1 - beta};
        });
    }

private:
    struct Moments {
        at::Tensor rows, columns, all;
    };
    std::vector<Moments> moments_;
};

template <class T>
std::unique_ptr<Optimizer> made(FlatParameters& parameters) {
    return std::make_unique<T>(parameters);
}

}  // namespace

std::unique_ptr<Optimizer> Optimizer::make(std::string_view name, FlatParameters& parameters) {
    const std::string canonical = unet::canonical_optimizer(name);
    const std::pair<std::string_view, std::unique_ptr<Optimizer> (*)(FlatParameters&)> all[] = {
        {"SGD", made<Sgd>},         {"RMSprop", made<RmsProp>},   {"Adam", made<Adam>},
        {"AdamW", made<AdamW>},     {"Adadelta", made<Adadelta>}, {"Adafactor", made<Adafactor>},
        {"Adagrad", made<Adagrad>}, {"Adamax", made<Adamax>},     {"Nadam", made<Nadam>},
        {"Ftrl", made<Ftrl>},       {"Lion", made<Lion>}};
    for (const auto& [known, make] : all) {
        if (known == canonical) return make(parameters);
    }
    throw core::UsageError("there is no optimiser '" + canonical + "'");
}

}  // namespace msunet::model
