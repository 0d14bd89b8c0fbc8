// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "msunet/unet/architecture.hpp"

namespace msunet::unet {

/// A hash of what the network computes: architectures that differ in names alone have the same.
[[nodiscard]] std::string identity_of(const Architecture& architecture);

}  // namespace msunet::unet
