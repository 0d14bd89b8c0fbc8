// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Element type of a reduction.
enum class DataType : std::uint8_t { float32, float64 };

/// Sums over the ranks of a worker group, by MPI on the CPU or NCCL on the GPU: the trainer's code
/// is the same. Every sum carries a status word, so that a rank that has failed tells the others in
/// the reduction they all take part in, and nobody waits for a rank that left.
class AllReducer {
public:
    virtual ~AllReducer() = default;

    /// Number of ranks.
    [[nodiscard]] virtual int size() const = 0;
    /// This rank, 0 … size() − 1.
    [[nodiscard]] virtual int rank() const = 0;

    /// Collective over the group: sums `count` elements in place, in the order of `stream` (a CUDA
    /// stream; nullptr and ignored on the CPU). `data` lies where the reducer works: host memory
    /// for MPI, device memory for NCCL. The same group size gives the same bits, on every rank.
    virtual void sum(void* data, std::size_t count, DataType type, void* stream) = 0;

    /// Collective over the group: sums a few numbers in host memory, and waits for them.
    virtual void sum(std::span<double> values) = 0;

    /// Lets the coming sums carry this status; 0 is well, and the largest of the ranks wins.
    virtual void raise(std::int64_t status) = 0;
    /// The largest status that any rank carried in the sums since `clear`; waits for their end. The
    /// same on every rank.
    [[nodiscard]] virtual std::int64_t status() = 0;
    /// Forgets this rank's status and what the others carried. Every rank does it at the same
    /// place.
    virtual void clear() = 0;
};

/// The reducer over MPI, for host memory.
class MpiAllReducer : public AllReducer {
public:
    explicit MpiAllReducer(Communicator group);

    [[nodiscard]] int size() const override { return group_.size(); }
    [[nodiscard]] int rank() const override { return group_.rank(); }
    void sum(void* data, std::size_t count, DataType type, void* stream) override;
    void sum(std::span<double> values) override;
    void raise(std::int64_t status) override;
    [[nodiscard]] std::int64_t status() override { return agreed_; }
    void clear() override;

private:
    void carry_status();

    Communicator group_;
    std::int64_t mine_ = 0;
    std::int64_t agreed_ = 0;
};

}  // namespace msunet::comm
