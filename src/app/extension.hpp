// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--extend` beside other options.
#pragma once

#include <optional>
#include <string>

#include "settings.hpp"

namespace msunet::app {

/// Why a sweep with these options can't be extended, or extend another: the option; nothing where
/// it can.
[[nodiscard]] std::optional<std::string> extension_obstacle(const TrainSettings& settings);

/// Throws core::UsageError where --extend is given and can't be combined with another option.
void check_extend(const TrainSettings& settings);

}  // namespace msunet::app
