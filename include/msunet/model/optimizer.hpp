// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keras 2.15's optimisers over the flat parameters.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/model/flat_parameters.hpp"

namespace msunet::model {

/// Updates values from gradients. State lies in named buffers, so that a checkpoint knows no
/// optimiser by name.
class Optimizer {
public:
    struct State {
        std::string name;
        at::Tensor tensor;
    };

    virtual ~Optimizer() = default;

    /// SGD, RMSprop, Adam, AdamW, Adadelta, Adafactor, Adagrad, Adamax, Nadam, Ftrl or Lion, with
    /// Keras's defaults; upper and lower case alike. `parameters` must outlive the optimiser.
    /// Throws core::UsageError for an unknown name.
    static std::unique_ptr<Optimizer> make(std::string_view name, FlatParameters& parameters);

    /// One update with the learning rate `lr`: prepare, then apply.
    void step(double lr);

    /// Counts the step and writes its scalar factors to the device. On a GPU that is all a captured
    /// step needs from the host.
    void prepare(double lr);
    /// The update itself: reads gradients, state and the factors of `prepare`, no host values.
    virtual void apply() = 0;

    /// Updates so far.
    [[nodiscard]] std::int64_t iterations() const { return iterations_; }
    void set_iterations(std::int64_t iterations);
    /// Everything that a checkpoint keeps besides the iterations.
    [[nodiscard]] const std::vector<State>& state() const { return state_; }

protected:
    explicit Optimizer(FlatParameters& parameters);
    /// Scalars that depend on the step (counted from 1) and the learning rate.
    virtual std::vector<double> factors(std::int64_t step, double lr) = 0;
    /// Restores what `factors` accumulates, for `iterations` steps done.
    virtual void rewind(std::int64_t iterations);

    /// A new state buffer like the values, filled with `value`.
    at::Tensor add_state(std::string name, double value);
    at::Tensor add_state(std::string name, at::Tensor tensor);
    [[nodiscard]] FlatParameters& parameters() const { return *parameters_; }
    /// Whether master precision is float64.
    [[nodiscard]] bool is_double() const;
    /// Factor i of the present step as a 0-d tensor on the device, in master precision.
    [[nodiscard]] at::Tensor factor(std::int64_t i) const;
    /// The same on the host, in double; CPU kernels only.
    [[nodiscard]] double host_factor(std::size_t i) const { return host_factors_[i]; }

private:
    FlatParameters* parameters_;
    std::int64_t iterations_ = 0;
    std::vector<State> state_;
    std::vector<double> host_factors_;
    at::Tensor factors_;
};

}  // namespace msunet::model
