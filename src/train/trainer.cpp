// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/trainer.hpp"

#include <exception>
#include <new>

#include "msunet/core/error.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/model/pca.hpp"
#include "train/trial_run.hpp"

namespace msunet::train {
namespace {

/// The leader computes the components alone, on all validation samples.
std::vector<std::string> write_components(const TrialContext& context,
                                          const record::Assignment& assignment,
                                          const unet::Hyperparameters& hyperparameters) {
    const auto& index = context.patches(hyperparameters);
    const std::vector<float> weights(index.size(), 1.0F);
    const auto engine = context.make_engine({.architecture = context.architecture,
                                             .dataset = context.dataset,
                                             .index = index,
                                             .hyperparameters = hyperparameters,
                                             .start_weights = context.start_weights,
                                             .sample_weights = weights,
                                             .precision = context.precision});
    const auto& samples = index.validation();
    const auto features = engine->bottleneck(samples);
    const auto count = static_cast<std::int64_t>(samples.size());
    const auto cumulative = model::pca_cumulative_variance(
        features, count, count > 0 ? static_cast<std::int64_t>(features.size()) / count : 0);
    return context.write_pca ? context.write_pca(assignment.trial, cumulative)
                             : std::vector<std::string>{};
}

record::TrialResult run_pca(const TrialContext& context, const record::Assignment& assignment,
                            const unet::Hyperparameters& hyperparameters) {
    record::TrialResult result;
    result.trial = assignment.trial;
    result.permutation = assignment.permutation;
    result.state = record::TrialState::pca;
    result.started_at =
        assignment.first_started_at > 0 ? assignment.first_started_at : core::unix_now();
    const double began = core::unix_now();
    result.rank = context.world_rank;
    result.ranks = context.group.size();
    result.num_gpus = context.gpus;
    result.patch_size = context.patches(hyperparameters).padded_text();
    std::string failure;
    if (context.group.is_root()) {
        try {
            result.files = write_components(context, assignment, hyperparameters);
        } catch (const std::bad_alloc&) {
            failure = "out of memory";
        } catch (const std::exception& error) {
            failure = error.what();
        }
    }
    result.reason = context.group.broadcast(failure);
    if (!result.reason.empty()) result.state = record::TrialState::failed;
    result.ended_at = core::unix_now();
    result.duration = assignment.spent_seconds + result.ended_at - began;
    return result;
}

}  // namespace

std::string group_problem(std::int64_t batch_size, int ranks) {
    if (ranks <= batch_size) return {};
    return "a group of " + std::to_string(ranks) + " ranks can't share batches of " +
           std::to_string(batch_size) +
           " samples, give a larger batch_size or a smaller --ranks_per_trial";
}

record::TrialResult run_trial(const TrialContext& context, const record::Assignment& assignment,
                              record::TrialControl& control) {
    const auto hyperparameters = unet::from_permutation(assignment.permutation, context.defaults);
    if (hyperparameters.pca_only) return run_pca(context, assignment, hyperparameters);
    if (const auto problem = group_problem(hyperparameters.batch_size, context.group.size());
        !problem.empty()) {
        throw core::UsageError(problem);
    }
    return TrialRun(context, assignment, hyperparameters, control).run();
}

}  // namespace msunet::train
