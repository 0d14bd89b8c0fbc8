// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace msunet::core {

/// What a command is asked to compute with.
enum class Device : std::uint8_t {
    automatic,  ///< the GPU where there is one
    cpu,
    gpu
};
constexpr std::array<std::string_view, 3> names_of(Device /*any*/) {
    return {"auto", "cpu", "gpu"};
}

}  // namespace msunet::core
