// SPDX-License-Identifier: Apache-2.0
/// What preprocessing costs.
#pragma once

#include "msunet/imaging/augment_plan.hpp"
#include "msunet/prepare/check.hpp"

namespace msunet::prepare {

/// Relative cost of reading and resampling a pair.
double cost_of(const PairGeometry& geometry);

/// Relative cost of making and resampling an augmented copy of a pair.
double cost_of(const PairGeometry& geometry, const imaging::AugmentedCopy& copy);

}  // namespace msunet::prepare
