// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/precision.hpp"

#include "model/kernels/table.hpp"

namespace msunet::model {

Precision default_precision(bool gpu) { return gpu ? Precision::tf32 : Precision::float32; }

bool cpu_has_bf16() { return kernels::kernels_of(kernels::InstructionSet::avx512_bf16) != nullptr; }

}  // namespace msunet::model
