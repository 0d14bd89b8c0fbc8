// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/value.hpp"
#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {

std::vector<TrialPlan> plans(const record::SweepRecord& record,
                             const std::function<double(const core::Permutation&)>& cost) {
    std::vector<TrialPlan> all;
    for (const record::TrialId id : record.start.trials) {
        const record::TrialRecord* const known = record.find(id);
        if (known != nullptr && known->result) continue;
        TrialPlan plan;
        plan.trial = id;
        if (known != nullptr) {
            plan.progress = known->progress;
            plan.spent_seconds = known->spent_seconds;
            plan.first_started_at = known->first_started_at;
        }
        plan.cost = cost(record.permutation(id));
        all.push_back(std::move(plan));
    }
    return all;
}

double estimated_cost(const core::Permutation& permutation, std::int64_t default_epochs,
                      double samples) {
    const auto value = [&](std::string_view name) {
        const auto found = permutation.find(name);
        return found == permutation.end() ? core::Value{} : found->second;
    };
    if (core::as_bool(value("pca_only")).value_or(false)) return samples;
    const std::int64_t epochs = core::as_integer(value("epochs")).value_or(default_epochs);
    return static_cast<double>(epochs) * samples;
}

}  // namespace msunet::sweep
