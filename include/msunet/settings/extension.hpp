// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--extend` beside other options.
#pragma once

#include "msunet/settings/train_settings.hpp"

namespace msunet::settings {

/// Whether trainings that end keep their last checkpoint: with `--keep_models all`, where the sweep
/// can be extended.
[[nodiscard]] bool keeps_last_checkpoints(const TrainSettings& settings);

/// Throws core::UsageError where --extend is given and can't be combined with another option.
void check_extend(const TrainSettings& settings);

}  // namespace msunet::settings
