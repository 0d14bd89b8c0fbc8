// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

namespace msunet::gpu {

/// The text of kernels.cuh, and names and texts of the headers that it includes.
extern const char* const kernel_source;
inline constexpr int kernel_headers = 6;
extern const std::array<const char*, kernel_headers> kernel_header_names, kernel_header_sources;

/// Compiles the kernels by NVRTC, which needs no GPU, for an element type ("float", "double" or
/// "Bf16") and an architecture, e.g. "sm_90". Returns the machine code; throws core::Error with the
/// compiler's messages.
[[nodiscard]] std::vector<char> compile_kernels(const std::string& element,
                                                const std::string& architecture);

}  // namespace msunet::gpu
