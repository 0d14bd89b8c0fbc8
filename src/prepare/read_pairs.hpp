// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one pass over all scans and masks, dealt over the ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/measures.hpp"
#include "prepare/agreement.hpp"
#include "prepare/find_input.hpp"
#include "prepare/inventory.hpp"
#include "prepare/source_maker.hpp"
#include "prepare/work_plan.hpp"

namespace msunet::prepare {

/// What was found when a pair was read.
struct PairFacts {
    std::size_t pair = 0;
    imaging::Grid before;
    imaging::Grid after;
    std::uint32_t slices = 0;  ///< kept
    imaging::DroppedSlices dropped;
    imaging::ScanMeasures measures;
    FoundHash data;
    FoundHash mask;
};

/// Whether the slices are needed or only what is found on the way.
enum class Keep : std::uint8_t { slices, nothing };

/// What this rank's pairs gave.
struct ReadPairs {
    std::vector<PairFacts> pairs;
    std::vector<SourceSlices> sources;  ///< of pairs and of their copies; none with Keep::nothing
    std::vector<PlacedFindings> findings;
};

/// Collective over `nodes.all()`: every rank reads its pairs, costliest first, and makes their
/// copies while it has the voxels. Once a problem is known the run will fail, and only the checks
/// go on. Throws, alike on all ranks, what is no problem of the input, and core::Error with
/// ExitCode::stopped when a signal asks for a stop.
[[nodiscard]] ReadPairs read_pairs(const Request& request, const Input& input,
                                   const Inventory& inventory,
                                   const std::vector<imaging::AugmentedCopy>& copies,
                                   const WorkPlan& plan, const comm::NodeTopology& nodes, Keep keep,
                                   Observer& observer);

/// Collective over `ranks`: the facts of all pairs, in their order.
[[nodiscard]] std::vector<PairFacts> gather_facts(const comm::Communicator& ranks,
                                                  const std::vector<PairFacts>& mine);

}  // namespace msunet::prepare
