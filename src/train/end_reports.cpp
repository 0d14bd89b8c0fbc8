// SPDX-License-Identifier: Apache-2.0
#include "train/end_reports.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/time.hpp"

namespace msunet::train {

EndReports::EndReports(const TrialContext& context, const record::Assignment& assignment,
                       record::TrialControl& control)
    : context_(context),
      assignment_(assignment),
      control_(control),
      started_at_(core::unix_now()),
      left_(assignment.ends) {}

record::Attempt EndReports::attempt_of(record::TrialId trial) const {
    record::Attempt attempt;
    attempt.trial = trial;
    attempt.permutation = std::ranges::find(left_, trial, &record::TrainingEnd::trial)->permutation;
    attempt.first_started_at = assignment_.first_started_at;
    attempt.started_at = started_at_;
    attempt.spent_seconds = assignment_.spent_seconds + added_seconds_;
    attempt.rank = context_.world_rank;
    attempt.ranks = context_.group.size();
    attempt.num_gpus = context_.gpus;
    return attempt;
}

record::TrialResult EndReports::result(record::TrialId trial, record::TrialState state) const {
    return record::make_result(attempt_of(trial), state, core::unix_now());
}

record::TrialResult EndReports::failure(record::TrialId trial, std::string reason) const {
    return record::failed_result(attempt_of(trial), std::move(reason), core::unix_now());
}

void EndReports::report(const record::TrialResult& result) {
    control_.end_reached(result);
    std::erase_if(left_, [&](const auto& end) { return end.trial == result.trial; });
}

}  // namespace msunet::train
