// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/sweep_record.hpp"

#include <algorithm>
#include <array>

namespace msunet::record {

namespace {

constexpr std::array<std::string_view, 5> reason_names{"signal", "stop_before", "time_limit",
                                                       "performance_target", "error"};

}  // namespace

std::optional<std::string> setting(const Configuration& configuration, std::string_view name) {
    for (const core::OptionText& option : configuration) {
        if (option.name == name) return option.text;
    }
    return std::nullopt;
}

std::string_view name_of(StopReason reason) {
    return reason_names[static_cast<std::size_t>(reason)];
}

std::optional<StopReason> stop_reason_of(std::string_view name) {
    const auto* const found = std::find(reason_names.begin(), reason_names.end(), name);
    if (found == reason_names.end()) return std::nullopt;
    return static_cast<StopReason>(found - reason_names.begin());
}

const TrialRecord* SweepRecord::find(TrialId trial) const {
    const auto found = trials.find(trial);
    return found == trials.end() ? nullptr : &found->second;
}

const TrialResult* SweepRecord::result(TrialId trial) const {
    const TrialRecord* const known = find(trial);
    return known != nullptr && known->result ? &*known->result : nullptr;
}

std::vector<const TrialResult*> SweepRecord::results() const {
    std::vector<const TrialResult*> all;
    for (const auto& [id, trial] : trials) {
        if (trial.result) all.push_back(&*trial.result);
    }
    return all;
}

std::size_t SweepRecord::unfinished() const { return start.trials.size() - results().size(); }

core::Point SweepRecord::point(TrialId trial) const { return point_of(start.grid, trial); }

core::Point point_of(const GridLists& grid, TrialId trial) {
    core::Point point;
    for (auto axis = grid.rbegin(); axis != grid.rend(); ++axis) {
        const auto& [name, values] = *axis;
        point[name] = values[trial % values.size()];
        trial /= values.size();
    }
    return point;
}

const TrialResult* best(const SweepRecord& record) {
    const std::string& name = record.start.metric;
    const bool lower = lower_is_better(name);
    const TrialResult* best = nullptr;
    double best_value = 0;
    for (const TrialResult* const result : record.results()) {
        const std::optional<double> value = metric(*result, name);
        if (!value) continue;
        if (best == nullptr || (lower ? *value < best_value : *value > best_value)) {
            best = result;
            best_value = *value;
        }
    }
    return best;
}

}  // namespace msunet::record
