// SPDX-License-Identifier: Apache-2.0
#include "missing_pictures.hpp"

#include <filesystem>
#include <vector>

#include "msunet/experiment/final_files.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/record/ranking.hpp"
#include "trial_pictures.hpp"

namespace msunet::app {

namespace {

void draw_with_engine(const RunnerParts& parts, const record::TrialResult& best) {
    const auto hyperparameters =
        unet::from_permutation(best.permutation, settings::default_hyperparameters(parts.settings));
    const auto split = plan::folding_of(parts.settings).split(best.trial);
    const auto& index =
        parts.patches.of(hyperparameters.patch_dimensions, hyperparameters.patch_stride, split);
    const auto weights =
        experiment::read_trial_weights(parts.start.architecture, parts.folder, best);
    const std::vector<float> sample_weights(index.size(), 1.0F);
    const auto engine = parts.compute.engine_factory()({.architecture = parts.start.architecture,
                                                        .dataset = parts.dataset,
                                                        .index = index,
                                                        .hyperparameters = hyperparameters,
                                                        .start_weights = weights,
                                                        .sample_weights = sample_weights,
                                                        .precision = parts.compute.precision()});
    draw_pictures(parts.dataset, parts.folder,
                  {.result = best,
                   .index = index,
                   .engine = *engine,
                   .batch_size = hyperparameters.batch_size});
}

}  // namespace

void draw_missing_pictures(const RunnerParts& parts, const record::SweepRecord& record) noexcept {
    const auto* best = record::best(record);
    if (best == nullptr || best->weights_file.empty()) return;
    without_pictures_on_failure(best->trial, [&] {
        if (has_pictures(parts.folder, best->trial)) return;
        draw_with_engine(parts, *best);
    });
}

}  // namespace msunet::app
