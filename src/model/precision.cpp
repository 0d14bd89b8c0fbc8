// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/precision.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"

namespace msunet::model {

namespace kernels {

constexpr std::array<std::string_view, 5> names_of(InstructionSet /*any*/) {
    return {"baseline", "avx2", "avx512", "avx512_bf16", "amx"};
}

}  // namespace kernels

namespace {

constexpr const char* limit_variable = "MSUNET_CPU_KERNELS";

kernels::InstructionSet limit_named(const std::string& asked) {
    if (asked.empty()) return kernels::InstructionSet::amx;
    if (const auto set = core::value_named<kernels::InstructionSet>(asked)) return *set;
    const auto names = core::all_names<kernels::InstructionSet>();
    throw core::UsageError(
        {.option = limit_variable, .got = asked, .expected = core::join(std::span(names))});
}

}  // namespace

kernels::InstructionSet kernels::most_allowed() { return limit_named(asked_cpu_kernels()); }

std::string asked_cpu_kernels() {
    const char* value = std::getenv(limit_variable);
    return value == nullptr ? "" : value;
}

void check_cpu_kernels(const std::string& asked) { static_cast<void>(limit_named(asked)); }

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
