// SPDX-License-Identifier: Apache-2.0
#include "train/trial_setup.hpp"

#include <algorithm>
#include <optional>

#include "msunet/core/text.hpp"
#include "msunet/train/trial_failure.hpp"
#include "msunet/unet/step_values.hpp"

namespace msunet::train {

namespace {

std::int64_t steps_per_epoch(const data::PatchIndex& index, std::int64_t batch_size) {
    return (static_cast<std::int64_t>(index.training().size()) + batch_size - 1) / batch_size;
}

std::span<const core::NamedArray> start_weights_of(const TrialContext& context,
                                                   record::TrialId trial) {
    const auto repeat = context.folding.repeat(trial);
    if (repeat == 0 || context.repeat_weights.empty()) return context.start_weights;
    return context.repeat_weights[repeat - 1];
}

/// Names a training in the key of its random streams; empty without folds.
std::string stream_name(const record::Folding& folding, record::TrialId trial) {
    if (!folding.any()) return {};
    return core::concat("fold=", folding.fold(trial), "\nrepeat=", folding.repeat(trial), "\n");
}

std::vector<EndSetup> end_setups(const record::Assignment& assignment,
                                 const unet::Hyperparameters& defaults) {
    std::vector<EndSetup> ends;
    for (const auto& end : assignment.ends) {
        ends.push_back({end.trial, unet::from_permutation(end.permutation, defaults)});
    }
    return ends;
}

std::string no_samples_text(const record::Folding& folding, record::TrialId trial) {
    if (folding.any()) {
        return core::concat("there are no training samples (", record::fold_text(folding, trial),
                            " validates on all scans that have any), give more scans or another "
                            "number of --folds");
    }
    return "there are no training samples (all scans are validation data), give more scans or a "
           "smaller --validation_split";
}

}  // namespace

std::string group_problem(std::int64_t batch_size, int ranks) {
    if (ranks <= batch_size) return {};
    return core::concat("a group of ", ranks, " ranks can't share batches of ", batch_size,
                        " samples, give a larger batch_size or a smaller --ranks_per_trial");
}

TrialSetup::TrialSetup(const TrialContext& c, const record::Assignment& a)
    : context(c),
      assignment(a),
      ends(end_setups(a, c.defaults)),
      hyperparameters(ends.front().hyperparameters),
      index(c.patches.of(hyperparameters.patch_dimensions, hyperparameters.patch_stride,
                         c.folding.split(a.trial))),
      start_weights(start_weights_of(c, a.trial)),
      sample_weights(data::sample_weights(index, hyperparameters.modality_weight,
                                          hyperparameters.weight_factor)),
      steps(steps_per_epoch(index, hyperparameters.batch_size)),
      stream(
          unet::stream_key(hyperparameters, c.patches.fixed(), stream_name(c.folding, a.trial))) {
    if (hyperparameters.pca_only) return;
    const auto problem = group_problem(hyperparameters.batch_size, context.group.size());
    if (!problem.empty()) throw TrialFailure(problem);
    if (index.training().empty()) throw TrialFailure(no_samples_text(c.folding, a.trial));
}

const EndSetup& TrialSetup::end(record::TrialId trial) const {
    return *std::ranges::find(ends, trial, &EndSetup::trial);
}

std::filesystem::path TrialSetup::folder(record::TrialId trial) const {
    return context.experiment_folder / record::trial_folder(trial);
}

std::string TrialSetup::file_name(record::TrialId trial, const char* name) {
    return core::concat(record::trial_folder(trial), "/", name);
}

}  // namespace msunet::train
