// SPDX-License-Identifier: Apache-2.0
#include "gpu/nccl_reducer.hpp"

#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "gpu/check.hpp"
#include "msunet/core/error.hpp"

namespace msunet::gpu {
namespace {

/// How long a waiting rank sleeps: short compared with a step, and its core is free.
constexpr std::chrono::microseconds nap{20};

ncclUniqueId broadcast_id(const comm::Communicator& group) {
    ncclUniqueId id{};
    int result = group.is_root() ? ncclGetUniqueId(&id) : ncclSuccess;
    result = group.broadcast(result);
    if (result != ncclSuccess) {
        throw core::Error(core::ExitCode::failure,
                          std::string("NCCL can't be started (") +
                              ncclGetErrorString(static_cast<ncclResult_t>(result)) +
                              "), see its messages under NCCL_DEBUG=INFO");
    }
    return group.broadcast(id);
}

}  // namespace

NcclAllReducer::NcclAllReducer(comm::Communicator group)
    : group_(std::move(group)), stream_(c10::cuda::getCurrentCUDAStream()) {
    // Sums in NVLink switches (NVLS) have no guaranteed order of additions.
    setenv("NCCL_NVLS_ENABLE", "0", 0);
    gpu::check(cudaHostAlloc(reinterpret_cast<void**>(&host_), 2 * sizeof(std::int64_t), 0),
               "allocating pinned memory");
    gpu::check(cudaMalloc(reinterpret_cast<void**>(&device_), 2 * sizeof(std::int64_t)),
               "allocating device memory");
    check(ncclCommInitRank(&communicator_, size(), broadcast_id(group_), rank()));
    clear();
}

NcclAllReducer::~NcclAllReducer() {
    if (communicator_ != nullptr) {
        // While an exception unwinds, other ranks may be gone: ncclCommDestroy could wait for them.
        if (std::uncaught_exceptions() > 0) {
            ncclCommAbort(communicator_);
        } else {
            ncclCommDestroy(communicator_);
        }
    }
    cudaFree(device_);
    cudaFreeHost(host_);
}

void NcclAllReducer::sum(void* data, std::size_t count, comm::DataType type, void* stream) {
    if (communicator_ == nullptr) abort(ncclRemoteError);
    const auto element = type == comm::DataType::float64 ? ncclFloat64 : ncclFloat32;
    check(ncclAllReduce(data, data, count, element, ncclSum, communicator_,
                        static_cast<cudaStream_t>(stream)));
}

void NcclAllReducer::sum_with_status(void* data, std::size_t count, comm::DataType type,
                                     void* stream) {
    if (communicator_ == nullptr) abort(ncclRemoteError);
    auto* const queue = static_cast<cudaStream_t>(stream);
    gpu::check(cudaMemcpyAsync(device_, host_, sizeof(std::int64_t), cudaMemcpyHostToDevice, queue),
               "copying the status");
    // One kernel for both.
    check(ncclGroupStart());
    sum(data, count, type, stream);
    check(ncclAllReduce(device_, device_ + 1, 1, ncclInt64, ncclMax, communicator_, queue));
    check(ncclGroupEnd());
}

void NcclAllReducer::raise(std::int64_t status) { host_[0] = std::max(host_[0], status); }

std::int64_t NcclAllReducer::status() {
    gpu::check(cudaMemcpyAsync(host_ + 1, device_ + 1, sizeof(std::int64_t), cudaMemcpyDeviceToHost,
                               stream_),
               "copying the status");
    wait();
    return host_[1];
}

void NcclAllReducer::clear() {
    host_[0] = host_[1] = 0;
    gpu::check(cudaMemsetAsync(device_, 0, 2 * sizeof(std::int64_t), stream_),
               "clearing the status");
}

void NcclAllReducer::check(ncclResult_t result) {
    if (result != ncclSuccess && result != ncclInProgress) abort(result);
}

void NcclAllReducer::wait() {
    for (;;) {
        const cudaError_t state = cudaStreamQuery(stream_);
        if (state == cudaSuccess) return;
        if (state != cudaErrorNotReady) gpu::check(state, "running a step");
        (void)cudaGetLastError();
        ncclResult_t problem = ncclSuccess;
        check(ncclCommGetAsyncError(communicator_, &problem));
        check(problem);
        std::this_thread::sleep_for(nap);
    }
}

void NcclAllReducer::abort(ncclResult_t reason) {
    std::string text = ncclGetErrorString(reason);
    if (communicator_ != nullptr) {
        text += std::string(": ") + ncclGetLastError(communicator_);
        ncclCommAbort(std::exchange(communicator_, nullptr));
    }
    throw core::Error(core::ExitCode::failure,
                      "rank " + std::to_string(rank()) +
                          " of the group lost its connection to the others' GPUs (" + text +
                          "), start the same command again to resume");
}

}  // namespace msunet::gpu
