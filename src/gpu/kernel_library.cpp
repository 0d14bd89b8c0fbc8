// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernel_library.hpp"

#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gpu/check.hpp"
#include "gpu/kernel_compiler.hpp"
#include "gpu/kernel_parameters.hpp"

namespace msunet::gpu {
namespace {

const char* element_of(model::Precision precision) {
    if (precision == model::Precision::float64) return "double";
    return precision == model::Precision::bf16 ? "Bf16" : "float";
}

/// The current device's architecture, e.g. "sm_90".
std::string architecture() {
    int device = 0, major = 0, minor = 0;
    check(cudaGetDevice(&device), "reading the current device");
    check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
          "reading the device's architecture");
    check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device),
          "reading the device's architecture");
    return "sm_" + std::to_string(major) + std::to_string(minor);
}

}  // namespace

KernelLibrary::KernelLibrary(model::Precision precision) {
    const std::vector<char> code = compile_kernels(element_of(precision), architecture());
    check(cudaLibraryLoadData(&library_, code.data(), nullptr, nullptr, 0, nullptr, nullptr, 0),
          "loading the kernels");
    // All in advance: kernels can't be looked up while a step is captured.
#define MSUNET_NAME(kernel, Parameters) Parameters::name,
    for (const char* name : {MSUNET_FOR_EACH_KERNEL(MSUNET_NAME)}) {
        check(cudaLibraryGetKernel(&kernels_[name], library_, name), name);
    }
#undef MSUNET_NAME
}

KernelLibrary::~KernelLibrary() { cudaLibraryUnload(library_); }

void KernelLibrary::start(const char* name, void* parameters, const Grid& grid) const {
    // CUDA allows 2³¹ − 1 blocks along x. Where more are asked for, the kernels' loops cover the
    // rest.
    constexpr long long most_blocks = 1 << 30;
    const dim3 blocks(static_cast<unsigned>(std::min(grid.x, most_blocks)),
                      static_cast<unsigned>(grid.y));
    // The runtime accepts a cudaKernel_t as the address of a function.
    const auto* kernel = reinterpret_cast<const void*>(kernels_.find(name)->second);
    check(cudaLaunchKernel(kernel, blocks, dim3(block_size), &parameters, 0,
                           c10::cuda::getCurrentCUDAStream()),
          name);
}

}  // namespace msunet::gpu
