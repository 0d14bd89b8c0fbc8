// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/settings/train_settings.hpp"

namespace msunet::settings {

/// The same with absolute paths of folders, and with that of the start model or "random": they mean
/// the same in any working directory.
[[nodiscard]] TrainSettings with_absolute_paths(TrainSettings settings);

}  // namespace msunet::settings
