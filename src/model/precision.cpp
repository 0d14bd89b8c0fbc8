// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/precision.hpp"

#include <array>

namespace msunet::model {
namespace {

constexpr std::array<std::string_view, 4> names{"float32", "tf32", "bf16", "float64"};

}  // namespace

std::string_view name_of(Precision precision) { return names[static_cast<std::size_t>(precision)]; }

std::optional<Precision> precision_of(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Precision>(i);
    }
    return std::nullopt;
}

Precision default_precision(bool gpu) { return gpu ? Precision::tf32 : Precision::float32; }

bool cpu_has_bf16() { return __builtin_cpu_supports("avx512bf16"); }

}  // namespace msunet::model
