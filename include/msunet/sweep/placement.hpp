// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which rank trains in which group and on which device: a pure function of ranks, devices, trials
/// and options.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/gpu.hpp"
#include "msunet/sweep/options.hpp"

namespace msunet::sweep {

/// One node of the world. World ranks are numbered node by node only if MPI does so: each names
/// its own.
struct Node {
    std::string name;
    std::vector<std::int64_t> ranks;  ///< world ranks, by local rank
    /// Devices that each of them sees, in its own numbering; a list for each rank.
    std::vector<std::vector<core::Gpu>> visible;
    std::int64_t cores = 1;  ///< that the job may use
};

/// The devices that any rank of the node sees, each once, in the order of the ranks and of their
/// lists.
[[nodiscard]] std::vector<core::Gpu> distinct_devices(const Node& node);

/// Threads of each rank of a node: as many as `asked`, else its cores divided by its ranks.
[[nodiscard]] std::int64_t threads_of_rank(const Node& node, std::optional<std::int64_t> asked);

/// What placement depends on.
struct PlacementRequest {
    std::vector<Node> nodes;
    std::uint64_t trials = 1;
    RanksPerTrial ranks_per_trial;
    bool is_option = true;  ///< whether the user may give --ranks_per_trial, which messages name
    /// Ranks that share a device, at most.
    std::int64_t trials_per_gpu = 1;
    /// --trials_per_gpu auto: devices are matched for so many ranks each, of which the first
    /// `trials_per_gpu` train; 0: a number was given.
    std::int64_t measured_for = 0;
    std::int64_t smallest_batch = 1;  ///< of the whole grid
    bool dedicated_dispatcher = false;
    std::optional<std::int64_t> threads;              ///< see threads_of_rank
    std::optional<std::int64_t> recorded_group_size;  ///< of a journal that is resumed
};

/// The place of one rank.
struct Slot {
    std::int64_t rank = 0;           ///< world rank
    std::int64_t node = 0;           ///< index of its node
    std::int64_t group = -1;         ///< -1: none, this rank trains nothing
    std::int64_t rank_in_group = 0;  ///< 0: its leader
    std::int64_t device = -1;        ///< in the rank's own numbering; -1: none
    std::string uuid;                ///< of the device
    std::int64_t threads = 1;
};

/// The division of the world into groups.
struct Placement {
    std::int64_t group_size = 1;
    std::int64_t groups = 0;
    std::int64_t most_sharers = 0;     ///< ranks that use the same device, at most
    std::vector<Slot> slots;           ///< by world rank
    std::vector<std::string> notices;  ///< for the start table, with advice: ranks without a trial
};

/// Groups lie inside nodes. `auto`: one rank a trial while trials ≥ ranks; else the largest g with
/// ranks / g ≥ trials that divides the greatest common divisor of the nodes' rank counts and is at
/// most the smallest batch. Which rank takes which device is match_devices' choice; where a node
/// has devices, ranks without one train nothing. Ranks that share a device are groups of one
/// (NCCL). With `measured_for` ranks keep the devices that they have with that many ranks a device
/// as `trials_per_gpu`, as they have measured on them. A recorded group size is kept where this
/// world allows it. Throws core::UsageError for a forced group that is larger than the smallest
/// batch or than a node, or that would share a device.
[[nodiscard]] Placement place(const PlacementRequest& request);

}  // namespace msunet::sweep
