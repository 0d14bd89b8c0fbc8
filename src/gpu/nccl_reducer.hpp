// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>
#include <nccl.h>

#include <cstdint>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/communicator.hpp"

namespace msunet::gpu {

/// All-reduce of device memory over a group by NCCL. Sums can be captured in a CUDA graph: the
/// status is read from this rank's host memory whenever the graph runs.
///
/// If NCCL reports a lost rank, the communicator is aborted and every call throws core::Error,
/// which ends the job; it can be resumed.
class NcclAllReducer final : public comm::AllReducer {
public:
    /// Collective over the group. Uses the current device and stream; all sums must be on that
    /// stream.
    explicit NcclAllReducer(comm::Communicator group);
    ~NcclAllReducer() override;
    NcclAllReducer(const NcclAllReducer&) = delete;
    NcclAllReducer& operator=(const NcclAllReducer&) = delete;

    [[nodiscard]] int size() const override { return group_.size(); }
    [[nodiscard]] int rank() const override { return group_.rank(); }
    void sum(void* data, std::size_t count, comm::DataType type, void* stream) override;
    void sum_with_status(void* data, std::size_t count, comm::DataType type, void* stream) override;
    void raise(std::int64_t status) override;
    [[nodiscard]] std::int64_t status() override;
    void clear() override;

private:
    void check(ncclResult_t result);
    /// Waits for the stream, watching NCCL.
    void wait();
    [[noreturn]] void abort(ncclResult_t reason);

    comm::Communicator group_;
    cudaStream_t stream_;
    ncclComm_t communicator_ = nullptr;
    /// Two words each, in pinned and in device memory: this rank's status and the group's.
    std::int64_t* host_ = nullptr;
    std::int64_t* device_ = nullptr;
};

}  // namespace msunet::gpu
