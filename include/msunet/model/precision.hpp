// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a network computes in where nothing is asked for: floating-point formats and kernels. No
/// torch here.
#pragma once

#include <string>
#include <string_view>

#include "msunet/core/precision.hpp"

namespace msunet::model {

using core::Precision;

/// float32 on the CPU, tf32 on a GPU.
[[nodiscard]] Precision default_precision(bool gpu);

/// Whether this processor multiplies bfloat16 in hardware (AVX512_BF16 or AMX).
[[nodiscard]] bool cpu_has_bf16();

/// The instructions that our CPU kernels in use are compiled for: "AMX", "AVX512_BF16", "AVX512",
/// "AVX2" or "baseline".
[[nodiscard]] std::string_view cpu_kernels();

/// The value of the environment variable MSUNET_CPU_KERNELS, which limits these kernels to an
/// instruction set and those below it: "baseline", "avx2", "avx512", "avx512_bf16" or "amx". Empty:
/// there is no limit.
[[nodiscard]] std::string asked_cpu_kernels();

/// Throws core::UsageError for a value that the variable can't have.
void check_cpu_kernels(const std::string& asked);

}  // namespace msunet::model
