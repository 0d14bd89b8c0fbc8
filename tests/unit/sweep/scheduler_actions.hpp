// SPDX-License-Identifier: Apache-2.0
/// \file
/// Plans for tests of the scheduler, and its actions as text.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {

inline core::Permutation values_of(record::TrialId trial) {
    return {{"n", static_cast<std::int64_t>(trial)}};
}

inline TrialPlan plan(record::TrialId trial, double cost = 1) {
    TrialPlan result;
    result.trial = trial;
    result.ends = {trial};
    result.cost = cost;
    return result;
}

inline std::vector<TrialPlan> equal_plans(record::TrialId count) {
    std::vector<TrialPlan> all;
    for (record::TrialId i = 0; i < count; ++i) all.push_back(plan(i));
    return all;
}

inline Scheduler scheduler(std::vector<TrialPlan> all, GroupId groups) {
    return Scheduler(std::move(all), groups, grid_strategy(), values_of);
}

/// "assign 0 to 1", "recall 3 from 0", "drain", "stop all", "fail 2", "end complete".
inline std::vector<std::string> texts(const std::vector<SchedulerAction>& actions) {
    static const char* const endings[] = {"complete", "stopped", "time limit", "target"};
    struct Text {
        std::string operator()(const Assign& a) const {
            return "assign " + std::to_string(a.assignment.trial) + " to " +
                   std::to_string(a.group);
        }
        std::string operator()(const Recall& a) const {
            return "recall " + std::to_string(a.trial) + " from " + std::to_string(a.group);
        }
        std::string operator()(const Drain&) const { return "drain"; }
        std::string operator()(const StopAll&) const { return "stop all"; }
        std::string operator()(const FailTrial& a) const {
            return "fail " + std::to_string(a.trial);
        }
        std::string operator()(const PromoteTrial& a) const {
            return "promote " + std::to_string(a.work.trial);
        }
        std::string operator()(const StopTrial& a) const {
            return "stop " + std::to_string(a.trial);
        }
        std::string operator()(const SuggestTrial& a) const {
            return "suggest " + std::to_string(a.trial);
        }
        std::string operator()(const EndSuggestions&) const { return "no more suggestions"; }
        std::string operator()(const EndSweep& a) const {
            return std::string("end ") + endings[static_cast<int>(a.ending)];
        }
    };
    std::vector<std::string> result;
    for (const SchedulerAction& action : actions) result.push_back(std::visit(Text{}, action));
    return result;
}

}  // namespace msunet::sweep
