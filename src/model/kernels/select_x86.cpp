// SPDX-License-Identifier: Apache-2.0
#include <ATen/Version.h>
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
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

/// Leaf 7 of cpuid, bits of EDX: not all compilers know the features by name.
bool has_matrix_unit() {
    constexpr unsigned bf16 = 1U << 22U, tiles = 1U << 24U;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & bf16) != 0 && (d & tiles) != 0;
}

/// Linux lets a process use tiles after it has asked for their registers
/// (Documentation/arch/x86/xstate.rst); kernels before 5.16 don't know them.
bool may_use_tiles() {
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

bool supports_amx() {
    static const bool supports = supports_avx512_bf16() && has_matrix_unit() && may_use_tiles();
    return supports;
}

/// The best set that libtorch also uses, which the user can limit by ATEN_CPU_CAPABILITY.
InstructionSet most_for_library() {
    const std::string capability = at::get_cpu_capability();
    if (capability == "DEFAULT") return InstructionSet::baseline;
    return capability == "AVX512" ? InstructionSet::amx : InstructionSet::avx2;
}

/// The best set of this processor within both limits.
const Kernels& best() {
    using enum InstructionSet;
    const auto most = std::min(most_for_library(), most_allowed());
    for (const auto set : {amx, avx512_bf16, avx512, avx2}) {
        if (set > most) continue;
        if (const Kernels* found = kernels_of(set)) return *found;
    }
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
        case InstructionSet::amx:
            return supports_amx() ? &kernels_amx() : nullptr;
    }
    return nullptr;
}

const Kernels& kernels() {
    static const Kernels& chosen = best();
    return chosen;
}

}  // namespace msunet::model::kernels
