// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Element type of a reduction.
enum class DataType : std::uint8_t { float32, float64 };

/// All-reduce over the ranks of a group, by MPI on the CPU or by NCCL on the GPU; the trainer's
/// code is the same. The last sum of a step carries a status word with it: a rank that has failed
/// takes part in the sums all the same and informs the others in this one, and no rank waits for
/// one that has left.
class AllReducer {
public:
    virtual ~AllReducer() = default;

    /// Number of ranks.
    [[nodiscard]] virtual int size() const = 0;
    /// This rank, 0 … size() − 1.
    [[nodiscard]] virtual int rank() const = 0;

    /// Collective over the group: sums `count` elements in place, queued on `stream` (a CUDA
    /// stream; ignored on the CPU). `data` is host memory for MPI and device memory for NCCL. All
    /// ranks get the same bits, and a group of the same size gets them again.
    virtual void sum(void* data, std::size_t count, DataType type, void* stream) = 0;
    /// Collective over the group: the same, and the ranks exchange their statuses.
    virtual void sum_with_status(void* data, std::size_t count, DataType type, void* stream) = 0;

    /// Sets the status that this rank sends from now on, unless a higher one is set; 0 means
    /// success. The highest status of all ranks is the group's.
    virtual void raise(std::int64_t status) = 0;
    /// The highest status that any rank has sent since `clear`, the same on every rank; 0 before
    /// `sum_with_status`. Waits for the sums to finish.
    [[nodiscard]] virtual std::int64_t status() = 0;
    /// Resets the status to 0. Every rank must do so between the same two sums.
    virtual void clear() = 0;
};

/// All-reduce of host memory by MPI.
class MpiAllReducer : public AllReducer {
public:
    explicit MpiAllReducer(Communicator group);

    [[nodiscard]] int size() const override { return group_.size(); }
    [[nodiscard]] int rank() const override { return group_.rank(); }
    void sum(void* data, std::size_t count, DataType type, void* stream) override;
    void sum_with_status(void* data, std::size_t count, DataType type, void* stream) override;
    void raise(std::int64_t status) override;
    [[nodiscard]] std::int64_t status() override { return agreed_; }
    void clear() override;

private:
    Communicator group_;
    std::int64_t mine_ = 0;
    std::int64_t agreed_ = 0;
};

}  // namespace msunet::comm
