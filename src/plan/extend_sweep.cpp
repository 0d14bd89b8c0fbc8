// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/extend_sweep.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/unet/step_values.hpp"
#include "new_trainings.hpp"

namespace msunet::plan {

using core::concat;

namespace {

std::function<unet::Hyperparameters(const core::Permutation&)> values_by(
    const settings::TrainSettings& settings) {
    return [defaults =
                settings::default_hyperparameters(settings)](const core::Permutation& permutation) {
        return unet::from_permutation(permutation, defaults);
    };
}

void warn_of_missing(const std::vector<std::string>& checkpoints) {
    if (checkpoints.empty()) return;
    const auto& first = checkpoints.front();
    if (checkpoints.size() == 1) {
        core::log::warn(
            concat("checkpoint ", first, " is missing: the epochs before it are trained again"));
        return;
    }
    core::log::warn(concat(checkpoints.size(), " checkpoints are missing (", first,
                           ", …): the epochs before them are trained again"));
}

}  // namespace

experiment::ExtensionRequest extension_request(const settings::TrainSettings& settings) {
    sweep::ExtensionValues values{unet::to_permutation(settings::default_hyperparameters(settings)),
                                  unet::canonical_value};
    if (settings.patches.use_frac_patch) {
        values.without_effect = {"patch_dimensions", "patch_stride"};
    }
    return {.asked = settings.experiment.extend,
            .obstacle = sweep::extension_obstacle(settings.sweep),
            .values = std::move(values),
            .target = settings.sweep.performance_target};
}

void add_new_trainings(const settings::TrainSettings& settings, const std::filesystem::path& folder,
                       const record::SweepRecord& recorded, record::SweepExtended& extension) {
    if (!settings.sweep.share_prefixes) return;
    const TrainingRules rules{.values = values_by(settings),
                              .key =
                                  [&](const unet::Hyperparameters& values, record::TrialId trial) {
                                      return training_key(settings, values, recorded.start.folding,
                                                          trial);
                                  },
                              .is_there =
                                  [&](const std::string& file) {
                                      std::error_code ignored;
                                      return std::filesystem::exists(folder / file, ignored);
                                  },
                              .modality_metrics = settings.train.modality_metrics};
    auto trainings = new_trainings(recorded, extension, rules);
    warn_of_missing(trainings.missing);
    std::ranges::move(trainings.shared, std::back_inserter(extension.shared));
    extension.continued = std::move(trainings.continued);
}

std::string extension_text(const settings::TrainSettings& settings,
                           const record::SweepRecord& before, const record::SweepRecord& extended) {
    const auto kept = before.planned();
    const auto added = extended.planned() - kept;
    const auto ended = kept - before.unfinished();
    const auto going_on = going_on_text(settings, extended);
    return concat(kept, kept == 1 ? " trial is kept, of which " : " trials are kept, of which ",
                  ended, ended == 1 ? " has ended, and " : " have ended, and ",
                  core::counted(added, "is new", "are new"), going_on.empty() ? "" : "; ",
                  going_on);
}

std::string going_on_text(const settings::TrainSettings& settings,
                          const record::SweepRecord& record) {
    return going_on_text(record, values_by(settings));
}

}  // namespace msunet::plan
