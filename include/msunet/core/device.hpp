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

/// The largest --threads: more cores than nodes have; a larger number is a slip that would make the
/// machine unusable.
inline constexpr double most_threads = 1024;

/// What --help says of --device.
inline constexpr std::string_view device_help =
    "What computes: auto: the GPU where there is one, with a warning where one is there but can't "
    "be used; cpu; gpu: the job ends where a rank can't use one";

}  // namespace msunet::core
