// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/update_rule.hpp"

namespace msunet::model {
namespace {

/// Shazeer and Stern 2018 with relative steps. The second moments of kernels are factored over
/// Keras's last two dimensions, (cin, cout).
class Adafactor final : public UpdateRule {
public:
    explicit Adafactor(FlatParameters& parameters) : UpdateRule(parameters) {
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
            // In float32 the product of a row and a column of zero gradients is 0, and the step of
            // Keras NaN.
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

}  // namespace

std::unique_ptr<Optimizer> make_adafactor(FlatParameters& parameters) {
    return std::make_unique<Adafactor>(parameters);
}

}  // namespace msunet::model
