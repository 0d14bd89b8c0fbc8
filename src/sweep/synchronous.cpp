// SPDX-License-Identifier: Apache-2.0
#include "sweep/synchronous.hpp"

#include <stdexcept>
#include <utility>

namespace msunet::sweep {

using record::TrialId;

void Synchronous::add(Bracket bracket, const std::vector<Training>& candidates) {
    for (const Training& candidate : candidates) bracket_of_[candidate.trial] = brackets_.size();
    brackets_.push_back(std::move(bracket));
}

Decisions Synchronous::begin(const std::vector<TrialId>& trials) {
    Decisions decisions;
    for (const TrialId trial : trials) {
        if (!bracket_of_.contains(trial)) decisions.work.push_back({trial, std::nullopt});
    }
    for (Bracket& bracket : brackets_) decisions.append(bracket.begin());
    return decisions;
}

Decisions Synchronous::paused(TrialId trial, std::optional<double> value) {
    return brackets_[bracket_of_.at(trial)].paused(trial, value);
}

Decisions Synchronous::ended(TrialId trial, bool failed) {
    const auto found = bracket_of_.find(trial);
    if (found == bracket_of_.end()) return {};
    return brackets_[found->second].ended(trial, failed);
}

Decisions Synchronous::added(const Training& /*training*/) {
    throw std::logic_error("strategy: a trial joins a search that compares all of them");
}

}  // namespace msunet::sweep
