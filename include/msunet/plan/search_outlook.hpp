// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a search will take, said before it starts.
#pragma once

#include <string>

#include "msunet/plan/start_plan.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::plan {

/// "halving, rungs at 1, 3, 9 epochs; at most 2,791 epochs instead of 15,360"; empty for a grid.
std::string search_text(const record::SweepStart& start);

/// The share of the epochs left in a whole grid that the search trains at most; 1 for a grid. On
/// rank 0.
double search_share(const StartPlan& decided);

}  // namespace msunet::plan
