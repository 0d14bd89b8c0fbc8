// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/optimizer.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>

#include <utility>

namespace msunet::model {

Optimizer::Optimizer(FlatParameters& parameters) : parameters_(&parameters) {}

void Optimizer::step(double lr) {
    prepare(lr);
    apply();
}

void Optimizer::prepare(double lr) {
    ++iterations_;
    host_factors_ = factors(iterations_, lr);
    const at::Tensor& values = parameters_->values();
    if (values.device().is_cpu() && !factors_.defined()) {
        factors_ = at::empty({static_cast<std::int64_t>(host_factors_.size())}, values.options());
    }
    at::Tensor host = values.device().is_cpu()
                          ? factors_
                          : at::empty({static_cast<std::int64_t>(host_factors_.size())},
                                      values.options().device(at::kCPU));
    for (std::size_t i = 0; i < host_factors_.size(); ++i) {
        if (host.scalar_type() == at::kDouble) {
            host.mutable_data_ptr<double>()[i] = host_factors_[i];
        } else {
            host.mutable_data_ptr<float>()[i] = static_cast<float>(host_factors_[i]);
        }
    }
    if (values.device().is_cpu()) return;
    if (factors_.defined()) {
        factors_.copy_(host);
    } else {
        factors_ = host.to(values.device());
    }
}

void Optimizer::set_iterations(std::int64_t iterations) {
    iterations_ = iterations;
    rewind(iterations);
}

void Optimizer::rewind(std::int64_t) {}

at::Tensor Optimizer::add_state(std::string name, double value) {
    return add_state(std::move(name), at::full_like(parameters_->values(), value));
}

at::Tensor Optimizer::add_state(std::string name, at::Tensor tensor) {
    state_.push_back({std::move(name), tensor});
    return tensor;
}

at::Tensor Optimizer::factor(std::int64_t i) const { return factors_.select(0, i); }

bool Optimizer::is_double() const { return parameters_->values().scalar_type() == at::kDouble; }

}  // namespace msunet::model
