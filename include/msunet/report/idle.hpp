// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// The share of time in which groups trained nothing, over all starts, each from the begin of its
/// first trial to the end of its last; nothing where no trial has run, or where shards that ran
/// apart were merged.
[[nodiscard]] std::optional<double> idle_fraction(const record::SweepRecord& record);

/// The seconds that all starts together ran, without those between them; `ended_at` in unix
/// seconds.
[[nodiscard]] double run_seconds(const record::SweepRecord& record, double ended_at);

}  // namespace msunet::report
