// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs trials on a worker group. No torch in this header.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/record/control.hpp"
#include "msunet/record/trial.hpp"
#include "msunet/train/options.hpp"
#include "msunet/train/step_engine.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::train {

/// A trial whose epochs are complete, on its leader.
struct TrainedTrial {
    const record::TrialResult& result;  ///< complete but for its times
    const data::PatchIndex& index;
    StepEngine& engine;           ///< holds the trial's final weights
    std::int64_t batch_size = 1;  ///< how many samples the engine takes at once
    /// To be called between two batches: a sign of life to whoever waits for this rank.
    std::function<void()> alive;
};

/// Everything that the trials of a sweep have in common on this rank. References outlive it.
struct TrialContext {
    const unet::Architecture& architecture;
    const data::Dataset& dataset;
    /// The samples for a permutation's patch size and stride; the index lives as long as the
    /// context.
    std::function<const data::PatchIndex&(const unet::Hyperparameters&)> patches;
    std::span<const core::NamedArray> start_weights;  ///< all tensors in the architecture's order
    comm::Communicator group;                         ///< the ranks that train together
    comm::AllReducer* reducer = nullptr;              ///< of the group; null: a group of one
    EngineFactory make_engine = make_cpu_engine;
    TrainOptions options{};
    model::Precision precision = model::Precision::float32;
    /// Options that are hyperparameters too (modality_weight, weight_factor, early_stopping …).
    unet::Hyperparameters defaults{};
    /// What "best" means: a column of the history or of the modality file; never empty.
    std::string metric = "dice_coef";
    std::uint64_t seed = 1;
    std::filesystem::path experiment_folder{};  ///< trials/<id>/ lies in it
    /// Writes a pca_only permutation's files from the cumulative explained variance ratio and
    /// answers with their names, relative to the experiment's folder. Called on the leader alone.
    std::function<std::vector<std::string>(record::TrialId, std::span<const double>)> write_pca{};
    /// Looks at a trial that is done, before its result is told. Called on the leader alone; what
    /// it throws fails the trial.
    std::function<void(const TrainedTrial&)> after_training{};
    std::int64_t world_rank = 0;  ///< of the group's leader, for the result
    std::int64_t gpus = 0;        ///< of the group
};

/// Name of the weights of a finished trial in its folder: a Keras file of weights only.
inline constexpr const char* weights_file_name = "weights.h5";
/// Name of the checkpoint of a trial in its folder.
inline constexpr const char* checkpoint_file_name = "checkpoint.h5";

/// Collective over the group: trains one permutation, or goes on from `assignment.checkpoint`, and
/// answers with its result on every rank.
///
/// State `done`, `failed` (NaN loss, or an exception on any rank: the reason says which) or `pca`;
/// `paused` when `control` asked for it or `until_epoch` was reached: a checkpoint is then on disk
/// and `history` holds the epochs so far. The leader writes in `trials/<id>/`: the checkpoint, and
/// at the end `weights.h5`; `weights_file` names it. Files are complete when it returns.
///
/// Throws core::UsageError on every rank for a permutation that cannot run (hyperparameters out of
/// range, a group larger than the batch) and core::InputError for a checkpoint that does not fit.
record::TrialResult run_trial(const TrialContext& context, const record::Assignment& assignment,
                              record::TrialControl& control);

/// A message if the group is larger than the batch; empty otherwise.
[[nodiscard]] std::string group_problem(std::int64_t batch_size, int ranks);

}  // namespace msunet::train
