// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <map>
#include <string>

#include "msunet/model/precision.hpp"

namespace msunet::gpu {

/// Kernels for one precision, compiled for the current device.
class KernelLibrary {
public:
    explicit KernelLibrary(model::Precision precision);
    ~KernelLibrary();
    KernelLibrary(const KernelLibrary&) = delete;
    KernelLibrary& operator=(const KernelLibrary&) = delete;

    /// Starts the kernel of kernel_parameters.hpp that takes `parameters`, on the current stream,
    /// with at least so many threads; none: nothing to do.
    template <class Parameters>
    void launch(Parameters parameters, long long threads) const {
        launch(Parameters::name, &parameters, threads);
    }

private:
    void launch(const char* name, void* parameters, long long threads) const;

    cudaLibrary_t library_ = nullptr;
    std::map<std::string, cudaKernel_t, std::less<>> kernels_;
};

}  // namespace msunet::gpu
