// SPDX-License-Identifier: Apache-2.0
/// \file
/// The update rules of Keras 2.15 (keras/src/optimizers/*.py) with its defaults.
///
/// Keras computes the scalars of a step in the weights' type, from decay rates that were first
/// rounded to float32, even in float64; so do these rules.
#pragma once

#include <ATen/TensorOperators.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "msunet/model/optimizer.hpp"

namespace msunet::model {

/// An optimizer on the whole of the flat parameters, with scalars computed in the weights' type.
class UpdateRule : public Optimizer {
protected:
    static constexpr double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;

    /// A decay rate rounded to float32, in type T.
    template <class T>
    static T rounded(double rate) {
        return static_cast<T>(static_cast<float>(rate));
    }

    explicit UpdateRule(FlatParameters& parameters)
        : Optimizer(parameters), w_(parameters.values()), g_(parameters.gradients()) {}

    /// The scalars of a step, from `scalars_of(T step, T lr)` with T float or double.
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

[[nodiscard]] std::unique_ptr<Optimizer> make_adam(FlatParameters& parameters);
[[nodiscard]] std::unique_ptr<Optimizer> make_adamw(FlatParameters& parameters);
[[nodiscard]] std::unique_ptr<Optimizer> make_adamax(FlatParameters& parameters);
[[nodiscard]] std::unique_ptr<Optimizer> make_nadam(FlatParameters& parameters);
[[nodiscard]] std::unique_ptr<Optimizer> make_adafactor(FlatParameters& parameters);

}  // namespace msunet::model
