// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "msunet/core/error.hpp"

namespace msunet::gpu {

/// Throws core::Error with CUDA's text unless the call succeeded; `what` is what was attempted,
/// e.g. "starting a kernel". Clears CUDA's last error, which libtorch would take for that of its
/// next kernel.
inline void check(cudaError_t result, const char* what) {
    if (result == cudaSuccess) return;
    (void)cudaGetLastError();
    throw core::Error(core::ExitCode::failure,
                      std::string("CUDA failed ") + what + " (" + cudaGetErrorString(result) + ")");
}

}  // namespace msunet::gpu
