// SPDX-License-Identifier: Apache-2.0
#include "sweep/trial_table.hpp"

#include <utility>

namespace msunet::sweep {

using record::TrialId;

void TrialTable::add(TrialPlan plan) {
    const TrialId id = plan.trial;
    if (plan.first && trials_.contains(*plan.first)) others_[*plan.first].push_back(id);
    trials_[id].plan = std::move(plan);
    ++unfinished_;
}

Trial* TrialTable::find(TrialId training) {
    const auto found = trials_.find(training);
    return found == trials_.end() ? nullptr : &found->second;
}

void TrialTable::leave_out(TrialId training, TrialId end) {
    const auto others = others_.find(training);
    if (others == others_.end()) return;
    // The permutations that share a training are the same on all folds.
    for (const TrialId id : others->second) {
        std::erase(trials_.at(id).plan.ends, end + (id - training));
    }
}

std::vector<TrialId> TrialTable::end(Trial& trial) {
    set_ended(trial);
    const TrialId id = trial.plan.trial;
    for (const TrialId end : trial.plan.ends) leave_out(id, end);
    std::vector<TrialId> ready;
    const auto others = others_.extract(id);
    if (!others) return ready;
    for (const TrialId one : others.mapped()) {
        Trial& other = trials_.at(one);
        if (other.place == Trial::Place::ended) continue;
        if (other.plan.ends.empty()) {
            set_ended(other);
        } else {
            ready.push_back(one);
        }
    }
    return ready;
}

void TrialTable::set_ended(Trial& trial) {
    trial.place = Trial::Place::ended;
    --unfinished_;
}

}  // namespace msunet::sweep
