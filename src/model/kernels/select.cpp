// SPDX-License-Identifier: Apache-2.0
#include <ATen/Version.h>
#include <cpuid.h>

#include <string>

#include "model/kernels/table.hpp"

namespace msunet::model::kernels {
namespace {

/// Compilers differ in whether they know its name: leaf 7 of cpuid, bit 22 of EDX.
bool has_amx_bf16() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 22U & 1U) != 0;
}

/// Within what libtorch's own kernels use, which a user limits by ATEN_CPU_CAPABILITY.
Kernels best() {
    const std::string capability = at::get_cpu_capability();
    const bool wide = capability == "AVX512";
    if (wide && supports_avx512_bf16()) {
        Kernels kernels = kernels_avx512_bf16();
        // There the library multiplies on the matrix unit, which is faster than our filters can be.
        if (has_amx_bf16()) kernels.bfloat16_filters = nullptr;
        return kernels;
    }
    if (wide && supports_avx512()) return kernels_avx512();
    if (capability != "DEFAULT" && supports_avx2()) return kernels_avx2();
    return kernels_baseline();
}

}  // namespace

bool supports_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool supports_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

bool supports_avx512_bf16() { return supports_avx512() && __builtin_cpu_supports("avx512bf16"); }

const Kernels& kernels() {
    static const Kernels chosen = best();
    return chosen;
}

}  // namespace msunet::model::kernels
