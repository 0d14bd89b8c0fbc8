// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gpu/kernel_launcher.hpp"

namespace msunet::test {

/// In which order blocks run. A kernel's results must not depend on it.
enum class BlockOrder : std::uint8_t { forwards, backwards };

/// Told of every kernel that is started, with its parameters.
using LaunchObserver = std::function<void(std::string_view name, const void* parameters)>;

/// Runs the source of the kernels on the host, one block after the other, whose threads take turns.
std::shared_ptr<const gpu::KernelLauncher> host_launcher(at::ScalarType element,
                                                         BlockOrder order = BlockOrder::forwards,
                                                         LaunchObserver observer = {});

}  // namespace msunet::test
