// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the refit after a cross-validation will be, said before it starts.
#pragma once

#include <optional>
#include <string>

#include "msunet/plan/sweep_setup.hpp"

namespace msunet::plan {

/// "the best permutation on all scans, for the mean of its best epochs"; empty without a refit.
[[nodiscard]] std::string refit_outlook(const settings::TrainSettings& settings,
                                        const GridPlan& plan);

/// Where early stopping ends trials, but the refit trains all epochs: that it does.
[[nodiscard]] std::optional<std::string> long_refit_warning(const settings::TrainSettings& settings,
                                                            const GridPlan& plan);

}  // namespace msunet::plan
