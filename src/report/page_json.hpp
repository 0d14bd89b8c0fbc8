// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/sweep.hpp"

namespace msunet::report {

using Json = nlohmann::ordered_json;

/// The number, or null where there is none or it isn't finite.
[[nodiscard]] Json number_json(std::optional<double> value);

/// A trial's id: a text where the page's numbers are no longer exact, from 2^53.
[[nodiscard]] Json id_json(record::TrialId trial);

/// The hyperparameters of a trial on the page, in ASCII order.
[[nodiscard]] std::vector<std::string> parameter_names(const Sweep& sweep);

/// All trials that have started, with the hyperparameters `names`; those that have ended first.
[[nodiscard]] Json trials_json(const Sweep& sweep, const record::SweepRecord& record,
                               const std::vector<std::string>& names);

}  // namespace msunet::report
