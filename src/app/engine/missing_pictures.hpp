// SPDX-License-Identifier: Apache-2.0
/// \file
/// Pictures of the best trial where the sweep left no time for them.
#pragma once

#include "msunet/record/sweep_record.hpp"
#include "trial_runner.hpp"

namespace msunet::app {

/// Draws the pictures of the best trial from its weights where its folder has none: TrialFileWriter
/// leaves them out when its share of the time is spent. To be called on one rank alone, when no
/// trial runs any more. Never throws: what goes wrong is a warning.
void draw_missing_pictures(const RunnerParts& parts, const record::SweepRecord& record) noexcept;

}  // namespace msunet::app
