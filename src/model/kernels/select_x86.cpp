// SPDX-License-Identifier: Apache-2.0
#include <ATen/Version.h>
#include <cpuid.h>

#include <string>

#include "model/kernels/table.hpp"

namespace msunet::model::kernels {
namespace {

bool supports_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool supports_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

bool supports_avx512_bf16() { return supports_avx512() && __builtin_cpu_supports("avx512bf16"); }

/// Leaf 7 of cpuid, bit 22 of EDX: not all compilers know the feature by name.
bool has_amx_bf16() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 22U & 1U) != 0;
}

/// The best set that libtorch also uses, which the user can limit by ATEN_CPU_CAPABILITY.
Kernels best() {
    const std::string capability = at::get_cpu_capability();
    const bool wide = capability == "AVX512";
    if (wide && supports_avx512_bf16()) {
        Kernels kernels = kernels_avx512_bf16();
        // The library multiplies on the matrix unit, which beats Winograd's algorithm without it.
        if (has_amx_bf16()) kernels.bfloat16_winograds = nullptr;
        return kernels;
    }
    if (wide && supports_avx512()) return kernels_avx512();
    if (capability != "DEFAULT" && supports_avx2()) return kernels_avx2();
    return kernels_baseline();
}

}  // namespace

const Kernels* kernels_of(InstructionSet set) {
    switch (set) {
        case InstructionSet::baseline:
            return &kernels_baseline();
        case InstructionSet::avx2:
            return supports_avx2() ? &kernels_avx2() : nullptr;
        case InstructionSet::avx512:
            return supports_avx512() ? &kernels_avx512() : nullptr;
        case InstructionSet::avx512_bf16:
            return supports_avx512_bf16() ? &kernels_avx512_bf16() : nullptr;
    }
    return nullptr;
}

const Kernels& kernels() {
    static const Kernels chosen = best();
    return chosen;
}

}  // namespace msunet::model::kernels
