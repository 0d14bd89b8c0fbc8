// SPDX-License-Identifier: Apache-2.0
/// \file
/// How a sweep has ended, and how its trials that failed are named.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// The limit that ended the newest start (`time_limit` or `performance_target`); nothing if none
/// did. Its results are complete as they are, and a later start continues the sweep.
[[nodiscard]] std::optional<StopReason> ended_by_limit(const SweepRecord& record);

/// Whether there is something to write final results of: every trial has ended and so has
/// the refit, or a limit of the sweep ended it.
[[nodiscard]] bool has_ended(const SweepRecord& record, bool refit_is_left = false);

/// A line that says how many trials failed, how to run them again, and the first few reasons.
/// Empty where none failed.
[[nodiscard]] std::vector<std::string> failure_lines(const SweepRecord& record);

}  // namespace msunet::record
