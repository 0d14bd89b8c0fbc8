// SPDX-License-Identifier: Apache-2.0
/// \file
/// From an animal to a scan: pose, distortion, partial volume, coil, ghost, noise.
#pragma once

#include <cstdint>

#include "animal.hpp"
#include "contrast.hpp"
#include "msunet/phantom/phantom.hpp"

namespace msunet::phantom {

/// Scans `animal`; pose, fields and noise come from `seed`.
Scan scan(const Animal& animal, const Protocol& protocol, std::uint64_t seed);

}  // namespace msunet::phantom
