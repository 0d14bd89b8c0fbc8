// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/precision.hpp"

#include <utility>

#include "model/kernels/table.hpp"

namespace msunet::model {

Precision default_precision(bool gpu) { return gpu ? Precision::tf32 : Precision::float32; }

bool cpu_has_bf16() { return kernels::kernels_of(kernels::InstructionSet::avx512_bf16) != nullptr; }

std::string_view cpu_kernels() {
    using enum kernels::InstructionSet;
    constexpr std::pair<kernels::InstructionSet, std::string_view> names[]{
        {amx, "AMX"}, {avx512_bf16, "AVX512_BF16"}, {avx512, "AVX512"}, {avx2, "AVX2"}};
    for (const auto& [set, name] : names) {
        if (kernels::kernels_of(set) == &kernels::kernels()) return name;
    }
    return "baseline";
}

}  // namespace msunet::model
