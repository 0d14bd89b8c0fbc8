// SPDX-License-Identifier: Apache-2.0
#include "sweep/trial_queue.hpp"

namespace msunet::sweep {

void TrialQueue::add(const TrialPlan& plan) {
    auto& queue = plan.progress.must_run_alone() ? alone_ : beside_others_;
    queue.emplace(rank_of(plan), -plan.cost, plan.trial);
}

TrialQueue::Rank TrialQueue::rank_of(const TrialPlan& plan) {
    if (plan.progress.checkpoint) return Rank::has_checkpoint;
    return plan.first ? Rank::on_other_fold : Rank::further;
}

record::TrialId TrialQueue::take_first() {
    return std::get<record::TrialId>(beside_others_.extract(beside_others_.begin()).value());
}

record::TrialId TrialQueue::take_first_alone() {
    return std::get<record::TrialId>(alone_.extract(alone_.begin()).value());
}

}  // namespace msunet::sweep
