// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace msunet::gpu {

/// Text of kernels.cuh and of the header that it includes.
extern const char* const kernel_source;
extern const char* const kernel_parameters_source;

/// Machine code of the kernels for an element type ("float", "double" or "Bf16") and a GPU, e.g.
/// "sm_90"; compiled by NVRTC, which needs no GPU. Throws core::Error with the compiler's messages.
[[nodiscard]] std::vector<char> compile_kernels(const std::string& element,
                                                const std::string& architecture);

}  // namespace msunet::gpu
