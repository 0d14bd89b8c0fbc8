// SPDX-License-Identifier: Apache-2.0
/// \file
/// The sums over a worker group within one training step.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace msunet::comm {
class AllReducer;
}  // namespace msunet::comm

namespace msunet::model {

/// Elements and types of sums over a group, in order.
using ReductionSchedule = std::vector<std::pair<std::int64_t, at::ScalarType>>;

/// Sums tensors over the group, in an order that is the same on every rank. A rank that fails
/// within a step still takes part in the step's sums, by `drain`, so that no other rank waits for
/// it.
class Collectives {
public:
    /// `reducer` null: a group of one. `stream` is what the reducer takes with device memory.
    explicit Collectives(comm::AllReducer* reducer, void* stream = nullptr)
        : reducer_(reducer), stream_(stream) {}

    /// Whether there is anything to sum over.
    [[nodiscard]] bool active() const { return reducer_ != nullptr; }
    [[nodiscard]] int ranks() const;

    /// Collective over the group: adds up a contiguous float32 or float64 tensor in place.
    void sum(const at::Tensor& tensor);
    /// Collective over the group: the same for the last sum of a step, with which the ranks
    /// exchange their statuses.
    void sum_last(const at::Tensor& tensor);

    /// Begins a step. `schedule` lists elements and type of each of its sums.
    void begin(const ReductionSchedule* schedule);
    /// Collective over the group: takes part with zeros in the sums of the schedule that are still
    /// to come before the sum number `until`.
    void drain(std::size_t until, const at::TensorOptions& options);

private:
    void add_up(const at::Tensor& tensor, bool with_status);

    comm::AllReducer* reducer_;
    void* stream_;
    const ReductionSchedule* schedule_ = nullptr;
    std::size_t done_ = 0;
};

}  // namespace msunet::model
