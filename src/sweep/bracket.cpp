// SPDX-License-Identifier: Apache-2.0
#include "sweep/bracket.hpp"

namespace msunet::sweep {

using record::TrialId;

Bracket::Bracket(const SearchRules& rules, std::int64_t number, std::int64_t first_rung,
                 Budget budget, const std::vector<Training>& candidates)
    : rules_(rules), number_(number), ladder_(rules, first_rung), budget_(budget) {
    for (const Training& training : candidates) {
        if (budget_.try_take(ladder_.cost(0, Ends(training)))) {
            restore(training);
        } else if (training.end == Training::End::none) {
            refused_.insert(training.trial);
        }
    }
}

void Bracket::restore(const Training& training) {
    const std::size_t reached = training.values.size();
    const auto promotions = static_cast<std::size_t>(training.promotions);
    const Ends ends(training);
    for (std::size_t i = 0; i < reached; ++i) {
        rung(i).arrived.insert(
            rung_key(training.trial, training.values[i], rules_.lower_is_better));
        ++rung(i).trials;
    }
    for (std::size_t i = 1; i <= promotions; ++i) budget_.take(ladder_.cost(i, ends));
    const bool on_its_way = promotions >= reached;
    if (training.end == Training::End::failed && on_its_way) ++rung(reached).trials;
    if (training.end != Training::End::none) return;
    candidates_.insert_or_assign(training.trial, Candidate{ends, reached});
    if (on_its_way) {
        ++rung(reached).trials;
        ++rung(reached).on_their_way;
    } else {
        rung(reached - 1).waiting.insert(training.trial);
    }
}

Decisions Bracket::begin() {
    Decisions decisions;
    for (const auto& [trial, candidate] : candidates_) {
        const bool waits = candidate.rung > 0 && rung(candidate.rung - 1).waiting.contains(trial);
        if (!waits) decisions.work.push_back(work(trial, candidate));
    }
    for (const TrialId trial : refused_) decisions.stopped.push_back(trial);
    refused_.clear();
    decisions.append(decide());
    return decisions;
}

Decisions Bracket::paused(TrialId trial, std::optional<double> value) {
    Candidate& candidate = candidates_.at(trial);
    Rung& reached = rung(candidate.rung++);
    --reached.on_their_way;
    reached.arrived.insert(rung_key(trial, value, rules_.lower_is_better));
    reached.waiting.insert(trial);
    return decide();
}

Decisions Bracket::ended(TrialId trial, bool failed) {
    Rung& left = rung(candidates_.at(trial).rung);
    candidates_.erase(trial);
    --left.on_their_way;
    if (!failed) --left.trials;
    return decide();
}

Bracket::Rung& Bracket::rung(std::size_t number) {
    if (number >= rungs_.size()) rungs_.resize(number + 1);
    return rungs_[number];
}

Work Bracket::work(TrialId trial, const Candidate& candidate, bool promoted) const {
    return {trial, ladder_.until(candidate.rung, candidate.ends.last),
            static_cast<std::int64_t>(candidate.rung), number_, promoted};
}

Decisions Bracket::decide() {
    Decisions decisions;
    // What is still on its way to a lower rung may be promoted to those above.
    for (std::size_t i = 0; i < rungs_.size() && rungs_[i].on_their_way == 0; ++i) {
        if (!rungs_[i].waiting.empty()) decide(i, decisions);
    }
    return decisions;
}

void Bracket::decide(std::size_t number, Decisions& decisions) {
    rung(number + 1);  // exists from now on: no reference moves
    Rung& decided = rungs_[number];
    Rung& above = rungs_[number + 1];
    auto places = promoted_of(decided.trials, rules_);
    for (const RungKey& key : decided.arrived) {
        if (decided.waiting.empty()) break;
        const TrialId trial = trial_of(key);
        const bool among_best = places > 0;
        if (among_best) --places;
        if (decided.waiting.erase(trial) == 0) continue;
        const Candidate& candidate = candidates_.at(trial);
        if (among_best && budget_.try_take(ladder_.cost(number + 1, candidate.ends))) {
            ++above.trials;
            ++above.on_their_way;
            decisions.work.push_back(work(trial, candidate, true));
        } else {
            candidates_.erase(trial);
            decisions.stopped.push_back(trial);
        }
    }
}

}  // namespace msunet::sweep
