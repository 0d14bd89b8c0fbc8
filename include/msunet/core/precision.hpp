// SPDX-License-Identifier: Apache-2.0
/// \file
/// The floating-point formats in which a network computes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace msunet::core {

/// `float32`, `tf32` (float32 with TensorFloat-32 products, GPU only), `bf16` (activations and
/// products in bfloat16; master weights, optimiser state, statistics and loss in float32 or wider)
/// and `float64` (everything).
enum class Precision : std::uint8_t { float32, tf32, bf16, float64 };
constexpr std::array<std::string_view, 4> names_of(Precision /*any*/) {
    return {"float32", "tf32", "bf16", "float64"};
}

}  // namespace msunet::core
