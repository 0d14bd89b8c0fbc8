// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/trainer.hpp"

#include <optional>
#include <utility>

#include "msunet/core/time.hpp"
#include "msunet/model/pca.hpp"
#include "msunet/train/trial_failure.hpp"
#include "train/trial_run.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

namespace {

record::Attempt attempt_of(const TrialContext& context, const record::Assignment& assignment) {
    record::Attempt attempt;
    attempt.trial = assignment.trial;
    attempt.permutation = assignment.permutation;
    attempt.first_started_at = assignment.first_started_at;
    attempt.started_at = core::unix_now();
    attempt.spent_seconds = assignment.spent_seconds;
    attempt.rank = context.world_rank;
    attempt.ranks = context.group.size();
    attempt.num_gpus = context.gpus;
    return attempt;
}

/// On one rank: the principal components of all validation samples' features, in files.
std::vector<std::string> write_components(const TrialSetup& setup) {
    const auto& context = setup.context;
    const auto engine = context.make_engine({.architecture = context.architecture,
                                             .dataset = context.dataset,
                                             .index = setup.index,
                                             .hyperparameters = setup.hyperparameters,
                                             .start_weights = context.start_weights,
                                             .sample_weights = setup.sample_weights,
                                             .precision = context.precision});
    const auto& samples = setup.index.validation();
    const auto features = engine->bottleneck(samples);
    const auto count = static_cast<std::int64_t>(samples.size());
    const auto cumulative = model::pca_cumulative_variance(
        features, count, count > 0 ? static_cast<std::int64_t>(features.size()) / count : 0);
    if (context.files == nullptr) return {};
    return context.files->write_components(setup.assignment.trial, cumulative);
}

/// Collective over the group: a `pca_only` trial. Its leader does the work.
record::TrialResult run_pca(const TrialSetup& setup, const record::Attempt& attempt) {
    std::vector<std::string> files;
    run_on_all(setup.context.group, [&] {
        if (setup.context.group.is_root()) files = write_components(setup);
    });
    auto result = record::make_result(attempt, record::TrialState::pca, core::unix_now());
    result.files = std::move(files);
    return result;
}

}  // namespace

std::vector<float> TrainedTrial::predict(std::span<const float> pictures) const {
    auto likelihoods = engine.predict(pictures);
    if (control != nullptr) {
        const auto epoch = static_cast<std::int64_t>(result.history.size());
        control->after_step({.trial = result.trial, .epoch = epoch});
    }
    return likelihoods;
}

record::TrialResult run_trial(const TrialContext& context, const record::Assignment& assignment,
                              record::TrialControl& control) {
    const auto attempt = attempt_of(context, assignment);
    std::optional<TrialSetup> setup;
    std::optional<TrialRun> run;
    record::TrialResult result;
    try {
        run_on_all(context.group, [&] { setup.emplace(context, assignment); });
        if (setup->hyperparameters.pca_only) {
            result = run_pca(*setup, attempt);
        } else {
            run.emplace(*setup, control);
            const auto state = run->run();
            result = record::make_result(attempt, state, core::unix_now());
        }
    } catch (const TrialFailure& failure) {
        result = record::failed_result(attempt, failure.what(), core::unix_now());
    }
    if (setup) result.patch_size = setup->index.padded_text();
    if (!run) return result;
    run->describe(result);
    if (result.state != record::TrialState::done) return result;
    run->write_files(result);
    const double now = core::unix_now();
    result.duration += now - result.ended_at;
    result.ended_at = now;
    return result;
}

}  // namespace msunet::train
