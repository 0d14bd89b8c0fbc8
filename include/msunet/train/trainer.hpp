// SPDX-License-Identifier: Apache-2.0
/// \file
/// Runs one training on a group. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/record/control.hpp"
#include "msunet/record/folds.hpp"
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
    StepEngine& engine;                       ///< holds the trial's final weights
    std::int64_t batch_size = 1;              ///< how many samples the engine takes at once
    record::TrialControl* control = nullptr;  ///< hears of each batch; null: nobody waits

    /// StepEngine::predict, reported to the control as a step.
    [[nodiscard]] std::vector<float> predict(std::span<const float> pictures) const;
};

/// Files of a trial beside its weights: the trainer has their content, its caller their formats.
/// Called on the group's leader alone.
class TrialFiles {
public:
    virtual ~TrialFiles() = default;

    /// Writes the files of a `pca_only` trial from the cumulative explained variance ratio. Returns
    /// their names, relative to the experiment's folder. What it throws fails the trial.
    virtual std::vector<std::string> write_components(record::TrialId trial,
                                                      std::span<const double> cumulative) = 0;
    /// The root attributes of a trial's weights file; `patch_size`: "H/W" of the padded patch.
    [[nodiscard]] virtual std::map<std::string, std::string> attributes(
        const unet::Hyperparameters& /*hyperparameters*/, const std::string& /*patch_size*/) const {
        return {};
    }
    /// Writes what the report shows of a trained network.
    virtual void write_pictures(const TrainedTrial& trained) noexcept = 0;
};

/// Everything that the trials of a sweep have in common on this rank. References outlive it.
struct TrialContext {
    const unet::Architecture& architecture;
    const data::Dataset& dataset;
    data::PatchLists& patches;
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
    /// Of the trials' ids. With folds `patches` has a split for each trial of a permutation.
    record::Folding folding{};
    /// Start weights of the repeats after the first; empty: they start from `start_weights` too.
    std::span<const std::vector<core::NamedArray>> repeat_weights{};
    bool mirrors = true;                        ///< see data::OnlineAugmentation
    std::filesystem::path experiment_folder{};  ///< trials/<id>/ lies in it
    TrialFiles* files = nullptr;                ///< null: weights and checkpoints alone
    /// Whether a training ends with a checkpoint of its last epoch, from which others may go on.
    bool keeps_last_checkpoint = false;
    std::int64_t world_rank = 0;  ///< of the group's leader, for the result
    std::int64_t gpus = 0;        ///< of the group
};

/// Name of the weights of a finished trial in its folder: a Keras file of weights only.
inline constexpr const char* weights_file_name = "weights.h5";

/// Collective over the group: runs one training, or continues from `assignment.checkpoint`: its
/// own, or the last one of another training of the same steps (going_on.hpp). The
/// permutations of `assignment.ends` agree in unet::training_values; a `pca_only` one is alone.
/// Each gets its result when its end is reached, to the bit (but times) the one that it has if it
/// is trained alone: `control` is called on every rank. A checkpoint that can't be used (damaged,
/// of another version, another network or other data) costs the work since the start, not the
/// trials: the training starts again.
///
/// A result's state is `done`, `pca` or `failed`. What ends the training fails all that have no
/// result yet (NaN loss, an exception on any rank, hyperparameters out of range, a group larger
/// than the batch: see TrialFailure); weights or metrics that are not finite at an end fail that
/// end. It pauses when `control` asks for it or `until_epoch` is reached: a checkpoint is then on
/// disk. The leader writes the checkpoint in the training's `trials/<id>/`, `weights.h5` in that of
/// each permutation; `weights_file` names it. Files are complete when the result is reported.
///
/// Throws core::Error on every rank where weights or the checkpoint can't be written.
record::Trained run_trial(const TrialContext& context, const record::Assignment& assignment,
                          record::TrialControl& control);

/// A message if the group is larger than the batch; empty otherwise.
[[nodiscard]] std::string group_problem(std::int64_t batch_size, int ranks);

}  // namespace msunet::train
