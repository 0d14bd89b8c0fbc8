// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/collectives.hpp"

#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/core/error.hpp"

namespace msunet::model {

int Collectives::ranks() const { return reducer_ != nullptr ? reducer_->size() : 1; }

void Collectives::sum(const at::Tensor& tensor) { add_up(tensor, false); }

void Collectives::sum_last(const at::Tensor& tensor) { add_up(tensor, true); }

void Collectives::add_up(const at::Tensor& tensor, bool with_status) {
    if (reducer_ == nullptr) return;
    RECORD_USER_SCOPE("msunet::reduction");
    const bool wide = tensor.scalar_type() == at::kDouble;
    if (!wide && tensor.scalar_type() != at::kFloat) {
        throw core::Error(core::ExitCode::failure, "only float32 and float64 can be summed");
    }
    ++done_;
    const auto count = static_cast<std::size_t>(tensor.numel());
    const auto type = wide ? comm::DataType::float64 : comm::DataType::float32;
    if (with_status) {
        reducer_->sum_with_status(tensor.data_ptr(), count, type, stream_);
    } else {
        reducer_->sum(tensor.data_ptr(), count, type, stream_);
    }
}

void Collectives::begin(const ReductionSchedule* schedule) {
    schedule_ = schedule;
    done_ = 0;
}

void Collectives::drain(std::size_t until, const at::TensorOptions& options) {
    while (reducer_ != nullptr && schedule_ != nullptr && done_ < until) {
        const auto& [elements, type] = (*schedule_)[done_];
        sum(at::zeros({elements}, options.dtype(type)));
    }
}

}  // namespace msunet::model
