// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sums over a worker group within one training step.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace msunet::comm {
class AllReducer;
}

namespace msunet::model {

/// Sums tensors over the group, in an order that is the same on every rank. A rank that fails in
/// the middle of a step goes on taking part by `drain`, so that nobody waits for it.
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

    /// A new step, in which `schedule` lists elements and type of every sum to come.
    void begin(const std::vector<std::pair<std::int64_t, at::ScalarType>>* schedule);
    /// Collective over the group: takes part with zeros in what is left of the step up to the
    /// sum number `until` of the schedule.
    void drain(std::size_t until, const at::TensorOptions& options);

private:
    comm::AllReducer* reducer_;
    void* stream_;
    const std::vector<std::pair<std::int64_t, at::ScalarType>>* schedule_ = nullptr;
    std::size_t done_ = 0;
};

}  // namespace msunet::model
