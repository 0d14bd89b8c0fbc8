// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Collective over `ranks`: a barrier in which ranks that wait sleep, so that they take no
/// processor time from those that still work. Returns a few milliseconds late.
void sleeping_barrier(const Communicator& ranks);

}  // namespace msunet::comm
