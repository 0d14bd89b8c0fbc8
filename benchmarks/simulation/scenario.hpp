// SPDX-License-Identifier: Apache-2.0
/// \file
/// What simulate_cluster simulates, from its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::simulation {

struct Scenario {
    sweep::GroupId groups = 64;
    std::uint64_t trials = 10'000;
    sweep::StrategyKind strategy = sweep::StrategyKind::grid;
    bool known = false;              ///< to the scheduler: how long each trial takes
    double node_mtbf = 0;            ///< hours; 0: no node fails
    double bandwidth = 0;            ///< GB/s of the file system; 0: files cost nothing
    double stream = 1;               ///< GB/s of one reader or writer
    double file = 10;                ///< ms to create or open a file and bring it to the disk
    double sync = 0;                 ///< ms of an fsync of the journal
    bool sync_each_line = false;     ///< instead of once a second
    double checkpoint = 29;          ///< MB: the published network's weights with Adam
    double result = 10;              ///< MB of a trial's files at its end
    double program = 0.1;            ///< GB that each node reads at a start
    double data = 0.5;               ///< GB of the data set
    bool data_by_each_node = false;  ///< instead of once
    double interval = 60;            ///< s between two checkpoints of a trial
    double patience = 10;            ///< as Checkpoints::patience
    bool csv = false;
};

/// From words NAME=VALUE. Throws std::runtime_error.
[[nodiscard]] Scenario scenario_of(const std::vector<std::string>& words);

/// Names, defaults and meaning, a line each.
[[nodiscard]] std::string scenario_help();

}  // namespace msunet::simulation
