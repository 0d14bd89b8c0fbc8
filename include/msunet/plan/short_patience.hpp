// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "msunet/plan/sweep_setup.hpp"

namespace msunet::plan {

/// A warning where early stopping ends trials of a permutation before `lr_schedule: plateau` lowers
/// their learning rate.
[[nodiscard]] std::optional<std::string> short_patience_warning(
    const settings::TrainSettings& settings, const GridPlan& plan);

}  // namespace msunet::plan
