// SPDX-License-Identifier: Apache-2.0
/// \file
/// What all implementations of model::Network have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <vector>

#include "model/weights.hpp"
#include "msunet/model/network.hpp"

namespace msunet::model {

/// A network's options and weights.
class NetworkBase : public Network {
public:
    [[nodiscard]] FlatParameters& parameters() final { return weights_.parameters; }
    [[nodiscard]] const FlatParameters& parameters() const final { return weights_.parameters; }
    [[nodiscard]] at::Tensor value_copies() const final { return weights_.parameter_copies(); }
    void update_copies() final { weights_.convert(); }
    [[nodiscard]] const at::Tensor& moving_statistics() const final {
        return weights_.statistics.values();
    }
    [[nodiscard]] const ReductionSchedule& schedule() const final { return schedule_; }
    [[nodiscard]] std::vector<core::NamedArray> weights() const final { return weights_.save(); }
    void load(std::span<const core::NamedArray> weights) override { weights_.load(weights); }
    [[nodiscard]] const NetworkOptions& options() const final { return options_; }
    [[nodiscard]] at::TensorOptions master_options() const final;

protected:
    explicit NetworkBase(NetworkParts parts);

    /// Type of activations.
    [[nodiscard]] at::ScalarType compute_type() const;
    /// Images as (N,C,H,W), channels last, in compute precision on the device.
    [[nodiscard]] at::Tensor to_input(const at::Tensor& x) const;

    unet::Architecture architecture_;
    NetworkOptions options_;
    std::unique_ptr<FusedOps> fused_ops_;
    Weights weights_;
    ReductionSchedule schedule_;
};

}  // namespace msunet::model
