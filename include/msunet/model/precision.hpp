// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which floating-point formats a network computes in where none is asked for. No torch here.
#pragma once

#include "msunet/core/precision.hpp"

namespace msunet::model {

using core::Precision;

/// float32 on the CPU, tf32 on a GPU.
[[nodiscard]] Precision default_precision(bool gpu);

/// Whether this processor multiplies bfloat16 in hardware (AVX512_BF16 or AMX).
[[nodiscard]] bool cpu_has_bf16();

}  // namespace msunet::model
