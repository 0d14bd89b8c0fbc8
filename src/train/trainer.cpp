// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/trainer.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "msunet/model/pca.hpp"
#include "msunet/train/trial_failure.hpp"
#include "train/end_reports.hpp"
#include "train/trial_run.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

namespace {

/// On one rank: the principal components of all validation samples' features, in files.
std::vector<std::string> write_components(const TrialSetup& setup) {
    const auto& context = setup.context;
    const auto engine = context.make_engine({.architecture = context.architecture,
                                             .dataset = context.dataset,
                                             .index = setup.index,
                                             .hyperparameters = setup.hyperparameters,
                                             .start_weights = setup.start_weights,
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
record::TrialResult run_pca(const TrialSetup& setup, const EndReports& reports) {
    std::vector<std::string> files;
    run_on_all(setup.context.group, [&] {
        if (setup.context.group.is_root()) files = write_components(setup);
    });
    auto result = reports.result(setup.assignment.trial, record::TrialState::pca);
    result.patch_size = setup.index.padded_text();
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

record::Trained run_trial(const TrialContext& context, const record::Assignment& assignment,
                          record::TrialControl& control) {
    EndReports reports(context, assignment, control);
    std::optional<TrialSetup> setup;
    std::optional<TrialRun> run;
    record::Trained trained;
    try {
        run_on_all(context.group, [&] { setup.emplace(context, assignment); });
        if (setup->hyperparameters.pca_only) {
            reports.report(run_pca(*setup, reports));
        } else {
            run.emplace(*setup, reports, control);
            if (!run->run()) trained = {.paused = run->so_far(), .at_until = run->at_until()};
        }
    } catch (const TrialFailure& failure) {
        // The checkpoint of a failed trial is deleted once that is known.
        if (run) run->finish_checkpoints();
        // By value: `report` removes each.
        for (const auto& end : std::vector(reports.left())) {
            auto result = reports.failure(end.trial, failure.what());
            if (setup) result.patch_size = setup->index.padded_text();
            if (run) run->describe(result);
            reports.report(result);
        }
    }
    return trained;
}

}  // namespace msunet::train
