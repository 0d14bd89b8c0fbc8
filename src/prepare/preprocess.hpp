// SPDX-License-Identifier: Apache-2.0
/// Reading, augmenting and normalising the pairs, sharded over all ranks.
#pragma once

#include <cstddef>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "prepare/cache.hpp"
#include "prepare/find_input.hpp"
#include "prepare/survey_input.hpp"

namespace msunet::prepare {

/// Collective over `nodes.all()`: all pairs and copies in one shared window a node.
/// Throws, alike on all ranks, core::InputError with all problems of all files (those of `input`
/// and `surveyed` included) before any copy is made.
StoredData preprocess(const Request& request, const Input& input, const SurveyedInput& surveyed,
                      const comm::NodeTopology& nodes, Observer& observer);

/// Collective over `ranks`: reads and normalises every pair whose headers passed, keeps nothing of
/// it, and adds what is found to `surveyed.findings`. Returns the kept slices by pair.
std::vector<std::size_t> check_voxels(const Request& request, const Input& input,
                                      SurveyedInput& surveyed, const comm::Communicator& ranks,
                                      Observer& observer);

}  // namespace msunet::prepare
