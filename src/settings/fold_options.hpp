// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--folds` beside other options.
#pragma once

#include "msunet/config/parse.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::settings {

/// Throws core::UsageError with all options that can't be combined with --folds, or that need it.
/// `given`: on the command line.
void check_folds(const TrainSettings& settings, const config::Settings& given);

}  // namespace msunet::settings
