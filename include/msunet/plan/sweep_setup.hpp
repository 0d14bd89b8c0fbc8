// SPDX-License-Identifier: Apache-2.0
/// \file
/// From settings to the parts of a sweep: request for data, grid, first line of the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/record/folds.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/sweep/selection.hpp"
#include "msunet/sweep/target.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::plan {

/// Name under which the configuration has the hash of the start weights: the path of a start model
/// may change between starts, its weights may not.
inline constexpr const char* start_weights_setting = "start_weights";

/// The grid and the permutations of it that are trained.
struct GridPlan {
    std::unique_ptr<sweep::ParameterGrid> grid;
    sweep::Selection selection;  ///< of permutations
    record::Folding folding;
    std::map<std::string, std::string, std::less<>> distributions;  ///< their texts, by name
    std::vector<std::vector<record::TrialId>> shared;  ///< permutations that share a training
    std::vector<std::string> warnings;
};

/// Throws core::UsageError.
GridPlan plan_grid(const settings::TrainSettings& settings);

/// What a trial's training depends on but for where it ends (sweep::TrainingKey).
[[nodiscard]] std::optional<std::string> training_key(const settings::TrainSettings& settings,
                                                      const unet::Hyperparameters& values,
                                                      const record::Folding& folding,
                                                      record::TrialId trial);

/// Which of these permutations share a training, as record::SweepStart has it. `ids`: ascending.
[[nodiscard]] std::vector<std::vector<record::TrialId>> shared_trainings(
    const settings::TrainSettings& settings, const std::vector<record::TrialId>& ids,
    const std::function<core::Permutation(record::TrialId)>& permutation);

/// What shared trainings save: "1,024 permutations, 512 trainings, 10,240 epochs instead of
/// 15,360"; empty where nothing is shared. `start`: as recorded.
[[nodiscard]] std::string sharing_text(const settings::TrainSettings& settings,
                                       const record::SweepStart& start);

/// Whether --boolean_limit accepts a permutation of the grid, to which it refers; empty without it.
sweep::Accepts accepted_permutations(const settings::TrainSettings& settings,
                                     const sweep::ParameterGrid& grid);

/// The request to prepare::prepare.
prepare::Request data_request(const settings::TrainSettings& settings,
                              const record::GridLists& grid);

/// Threads that preprocessing may use on this rank.
std::int64_t threads_of_rank(const settings::TrainSettings& settings,
                             const std::vector<sweep::Node>& nodes,
                             const comm::NodeTopology& topology);

/// Warns of weights in the loss that change nothing with these pairs.
void warn_of_weights(const settings::TrainSettings& settings, const record::GridLists& grid,
                     const prepare::Survey& survey);

/// The first permutation's hyperparameters; the start table shows its patch size.
unet::Hyperparameters first_permutation(const GridPlan& plan,
                                        const unet::Hyperparameters& defaults);

/// The pairs with their content, without what only the prepared data set says.
record::DataSummary summarise(const prepare::CheckedInput& input);

/// The data set in figures, for the journal.
record::DataSummary summarise(const prepare::Prepared& prepared, const data::PatchIndex& index);

/// Everything of the journal's first line but the world.
record::SweepStart sweep_start(const settings::TrainSettings& settings, const GridPlan& plan,
                               const weights::StartModel& start, const prepare::Survey& survey,
                               record::DataSummary data, const sweep::DataParts& parts);

/// Checks what the permutations need of the data: `pca_only` works on validation samples. Throws
/// core::UsageError.
void check_needs(const settings::TrainSettings& settings, const GridPlan& plan,
                 const sweep::DataParts& parts);

}  // namespace msunet::plan
