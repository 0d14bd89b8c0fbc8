// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <map>
#include <string>

#include "gpu/kernel_launcher.hpp"
#include "msunet/model/precision.hpp"

namespace msunet::gpu {

/// Kernels for one precision, compiled for the current device.
class KernelLibrary final : public KernelLauncher {
public:
    explicit KernelLibrary(model::Precision precision);
    ~KernelLibrary() override;
    KernelLibrary(const KernelLibrary&) = delete;
    KernelLibrary& operator=(const KernelLibrary&) = delete;

private:
    void start(const char* name, void* parameters, const Grid& grid) const override;

    cudaLibrary_t library_ = nullptr;
    std::map<std::string, cudaKernel_t, std::less<>> kernels_;
};

}  // namespace msunet::gpu
