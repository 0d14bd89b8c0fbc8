// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/model/flat_parameters.hpp"

namespace msunet::model {

/// What an update by Adam or AdamW reads and writes, for a device that does it in one kernel. All
/// tensors are on the device, in master precision.
struct AdamUpdate {
    at::Tensor values, gradients, m, v;  ///< flat
    /// (2), written by Optimizer::prepare: the step size, in which the bias corrections are, and
    /// the learning rate.
    at::Tensor factors;
    double beta_1, beta_2, epsilon;
    double decay;  ///< AdamW: the values first lose so much of themselves times the learning rate
};

/// An optimizer of Keras 2.15 on the flat parameters. Its state is in named buffers, so that
/// checkpoints need not know the optimizers.
class Optimizer {
public:
    struct State {
        std::string name;
        at::Tensor tensor;
    };

    virtual ~Optimizer() = default;

    /// SGD, RMSprop, Adam, AdamW, Adadelta, Adafactor, Adagrad, Adamax, Nadam, Ftrl or Lion, with
    /// Keras's defaults, in upper or lower case. `parameters` must outlive the optimizer. Throws
    /// core::UsageError for an unknown name.
    [[nodiscard]] static std::unique_ptr<Optimizer> make(std::string_view name,
                                                         FlatParameters& parameters);

    /// One update with learning rate `lr`: prepare, then apply.
    void step(double lr);

    /// Counts the step and writes its scalar factors to the device: all that a captured step on a
    /// GPU needs from the host.
    void prepare(double lr);
    /// Updates the values from gradients, state and the factors of `prepare`, without host values.
    virtual void apply() = 0;
    /// The tensors of `apply` where it is Adam or AdamW, which has no `apply` for a GPU; else
    /// nothing. Call it after `prepare`.
    [[nodiscard]] virtual std::optional<AdamUpdate> adam_update() const { return std::nullopt; }

    /// The number of updates so far.
    [[nodiscard]] std::int64_t iterations() const { return iterations_; }
    void set_iterations(std::int64_t iterations);
    /// All that a checkpoint keeps besides the number of updates.
    [[nodiscard]] const std::vector<State>& state() const { return state_; }

protected:
    explicit Optimizer(FlatParameters& parameters);
    /// Scalars that depend on the step (counted from 1) and the learning rate.
    virtual std::vector<double> factors(std::int64_t step, double lr) = 0;
    /// Restores what `factors` has accumulated after `iterations` steps.
    virtual void rewind(std::int64_t iterations);

    /// Adds a state buffer of the shape of the values, filled with `value`.
    at::Tensor add_state(std::string name, double value);
    at::Tensor add_state(std::string name, at::Tensor tensor);
    [[nodiscard]] FlatParameters& parameters() const { return *parameters_; }
    /// Whether master precision is float64.
    [[nodiscard]] bool is_double() const;
    /// All factors of this step on the device, in master precision, always at the same address.
    [[nodiscard]] const at::Tensor& device_factors() const { return factors_; }
    /// Factor i of this step as a 0-d tensor on the device, in master precision.
    [[nodiscard]] at::Tensor factor(std::int64_t i) const;
    /// The same on the host, in double, for CPU kernels.
    [[nodiscard]] double host_factor(std::size_t i) const { return host_factors_[i]; }

private:
    FlatParameters* parameters_;
    std::int64_t iterations_ = 0;
    std::vector<State> state_;
    std::vector<double> host_factors_;
    at::Tensor factors_;
};

}  // namespace msunet::model
