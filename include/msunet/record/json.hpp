// SPDX-License-Identifier: Apache-2.0
/// Records as JSON text: one line, doubles round-trip exactly, NaN and infinities as "nan", "inf",
/// "-inf". Readers throw core::InputError naming what is missing or of the wrong type.
#pragma once

#include <string>
#include <string_view>

#include "msunet/record/control.hpp"
#include "msunet/record/event.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::record {

std::string to_json(const TrialResult& result);
std::string to_json(const Assignment& assignment);
std::string to_json(const EpochReport& report);
std::string to_json(const CheckpointReport& report);
std::string to_json(const History& history);
std::string to_json(const core::Permutation& permutation);
std::string to_json(const Event& event);

TrialResult trial_result_from_json(std::string_view text);
Assignment assignment_from_json(std::string_view text);
EpochReport epoch_report_from_json(std::string_view text);
CheckpointReport checkpoint_report_from_json(std::string_view text);
History history_from_json(std::string_view text);
core::Permutation permutation_from_json(std::string_view text);
Event event_from_json(std::string_view text);

}  // namespace msunet::record
