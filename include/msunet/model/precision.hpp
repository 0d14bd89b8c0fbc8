// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a network computes in where nothing is asked for: floating-point formats and kernels. No
/// torch here.
#pragma once

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

}  // namespace msunet::model
