// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/precision.hpp"

namespace msunet::model {

Precision default_precision(bool gpu) { return gpu ? Precision::tf32 : Precision::float32; }

bool cpu_has_bf16() { return __builtin_cpu_supports("avx512bf16"); }

}  // namespace msunet::model
