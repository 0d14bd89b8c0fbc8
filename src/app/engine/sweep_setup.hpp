// SPDX-License-Identifier: Apache-2.0
/// \file
/// From settings to the parts of a sweep: request for data, grid, first line of the journal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../settings.hpp"
#include "../start_model.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/sweep/selection.hpp"

namespace msunet::app {

/// The grid and the permutations of it that are trained.
struct GridPlan {
    std::unique_ptr<sweep::ParameterGrid> grid;
    sweep::Selection selection;
    std::vector<std::string> warnings;
};

/// Throws core::UsageError.
GridPlan plan_grid(const TrainSettings& settings);

/// The request to prepare::prepare.
prepare::Request data_request(const TrainSettings& settings, const record::GridLists& grid);

/// Threads that preprocessing may use on this rank.
std::int64_t threads_of_rank(const TrainSettings& settings, const std::vector<sweep::Node>& nodes,
                             const comm::NodeTopology& topology);

/// Warns of weights in the loss that change nothing with these pairs.
void warn_of_weights(const TrainSettings& settings, const record::GridLists& grid,
                     const prepare::Survey& survey);

/// The first permutation's hyperparameters; the start table shows its patch size.
unet::Hyperparameters first_permutation(const GridPlan& plan,
                                        const unet::Hyperparameters& defaults);

/// The data set in figures, for the journal.
record::DataSummary summarise(const prepare::Prepared& prepared, const data::PatchIndex& index);

/// Everything of the journal's first line but the world.
record::SweepStart sweep_start(const TrainSettings& settings, const GridPlan& plan,
                               const StartModel& start, const prepare::Prepared& prepared,
                               record::DataSummary data, bool has_validation);

}  // namespace msunet::app
