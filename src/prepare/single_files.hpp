// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/comm/communicator.hpp"
#include "prepare/find_input.hpp"

namespace msunet::prepare {

/// Collective over `ranks`: reads and checks each file by itself, where the pairs are wrong. The
/// findings of all ranks in the order of the files, after those of the names.
[[nodiscard]] Findings check_single_files(const Request& request, const Input& input,
                                          const comm::Communicator& ranks, Observer& observer);

}  // namespace msunet::prepare
