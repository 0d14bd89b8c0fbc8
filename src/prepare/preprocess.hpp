// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the input to the data set, or to what would keep it from being made.
#pragma once

#include "msunet/comm/node_topology.hpp"
#include "prepare/cache.hpp"
#include "prepare/find_input.hpp"
#include "prepare/inventory.hpp"

namespace msunet::prepare {

/// Collective over `nodes.all()`: reads all pairs, makes all copies and leaves them in one shared
/// window a node. `inventory` learns the files' hashes.
/// Throws, alike on all ranks, core::InputError with all problems of all files.
[[nodiscard]] StoredData preprocess(const Request& request, const Input& input,
                                    Inventory& inventory, const comm::NodeTopology& nodes,
                                    Observer& observer);

/// Collective over `nodes.all()`: reads all pairs and keeps nothing. Warnings are logged;
/// `inventory` learns the files' hashes. Throws as `preprocess` would.
[[nodiscard]] Survey check_input(const Request& request, const Input& input, Inventory& inventory,
                                 const comm::NodeTopology& nodes, Observer& observer);

}  // namespace msunet::prepare
