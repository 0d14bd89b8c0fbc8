// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/ScalarType.h>

#include <memory>

#include "gpu/kernel_launcher.hpp"

namespace msunet::test {

/// Runs the source of the kernels on the host, one thread after the other.
std::shared_ptr<const gpu::KernelLauncher> host_launcher(at::ScalarType element);

}  // namespace msunet::test
