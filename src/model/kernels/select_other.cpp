// SPDX-License-Identifier: Apache-2.0
/// \file
/// Processors other than x86-64: the compiler's code for the baseline alone.

#include "model/kernels/table.hpp"

namespace msunet::model::kernels {

const Kernels* kernels_of(InstructionSet set) {
    return set == InstructionSet::baseline ? &kernels_baseline() : nullptr;
}

const Kernels& kernels() { return kernels_baseline(); }

}  // namespace msunet::model::kernels
