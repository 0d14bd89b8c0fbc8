// SPDX-License-Identifier: Apache-2.0
/// \file
/// A sweep that is extended (`--extend`), from settings to the journal's line and in words.
#pragma once

#include <filesystem>
#include <string>

#include "msunet/experiment/experiment.hpp"
#include "msunet/record/event.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::plan {

/// Whether a start with these settings extends an experiment, and how values are compared.
[[nodiscard]] experiment::ExtensionRequest extension_request(
    const settings::TrainSettings& settings);

/// Adds the trainings of the new trials: they share with each other, and go on from the last
/// checkpoints of trainings that have ended. With `--share_prefixes False` each is trained alone.
void add_new_trainings(const settings::TrainSettings& settings, const std::filesystem::path& folder,
                       const record::SweepRecord& recorded, record::SweepExtended& extension);

/// "4 trials are kept, of which 3 have ended, and 2 are new"; then what goes on from checkpoints.
[[nodiscard]] std::string extension_text(const settings::TrainSettings& settings,
                                         const record::SweepRecord& before,
                                         const record::SweepRecord& extended);

/// What goes on from checkpoints of others and has no result yet; empty where nothing does.
[[nodiscard]] std::string going_on_text(const settings::TrainSettings& settings,
                                        const record::SweepRecord& record);

}  // namespace msunet::plan
