// SPDX-License-Identifier: Apache-2.0
/// \file
/// What options and names ask for before a file is opened.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"
#include "prepare/find_input.hpp"
#include "prepare/read_pair.hpp"

namespace msunet::prepare {

/// The copies that options, seed and names ask for.
[[nodiscard]] std::vector<imaging::AugmentedCopy> copies_of(const Request& request,
                                                            const Input& input);

/// What all pairs are checked against and become.
[[nodiscard]] PairRules pair_rules(const Request& request);

/// The fixed patch sizes that slices must hold; none with fractional patches.
[[nodiscard]] std::vector<std::int64_t> fixed_patches(const Request& request);

}  // namespace msunet::prepare
