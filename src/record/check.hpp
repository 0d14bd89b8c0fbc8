// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/record/event.hpp"

namespace msunet::record {

/// Throws core::InputError where `update` would, and changes nothing.
void check(const SweepRecord& record, const Event& event);

}  // namespace msunet::record
