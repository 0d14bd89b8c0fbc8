// SPDX-License-Identifier: Apache-2.0
/// \file
/// What options and names ask for before a file is opened.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"
#include "prepare/find_input.hpp"

namespace msunet::prepare {

/// The copies that options, seed and names ask for.
[[nodiscard]] std::vector<imaging::AugmentedCopy> copies_of(const Request& request,
                                                            const Input& input);

/// The fixed patch sizes that slices must hold; none with fractional patches.
[[nodiscard]] std::vector<std::int64_t> fixed_patches(const Request& request);

}  // namespace msunet::prepare
