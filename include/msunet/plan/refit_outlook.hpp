// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the refit after a cross-validation will be and what callbacks will do, said before they
/// start.
#pragma once

#include <string>
#include <vector>

#include "msunet/plan/sweep_setup.hpp"

namespace msunet::plan {

/// "the best permutation on all scans, for the mean of its best epochs"; empty without a refit.
[[nodiscard]] std::string refit_outlook(const settings::TrainSettings& settings,
                                        const GridPlan& plan);

/// Of early stopping that the refit doesn't have, and of early stopping that ends trials before
/// `plateau` lowers their learning rate.
[[nodiscard]] std::vector<std::string> callback_warnings(const settings::TrainSettings& settings,
                                                         const GridPlan& plan);

}  // namespace msunet::plan
