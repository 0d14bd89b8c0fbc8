// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// The share of time in which groups trained nothing, over all starts, each from the begin of its
/// first trial to the end of its last; nothing where no trial has run.
[[nodiscard]] std::optional<double> idle_fraction(const record::SweepRecord& record);

}  // namespace msunet::report
