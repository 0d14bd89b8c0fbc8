// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/by_permutation.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "msunet/core/text.hpp"
#include "msunet/record/ranking.hpp"
#include "record/means.hpp"

namespace msunet::record {

namespace {

void add_failure(TrialResult& result, const std::vector<const TrialResult*>& trials,
                 const Folding& folding) {
    std::size_t failed = 0;
    for (const TrialResult* trial : trials) {
        if (trial->state != TrialState::failed) continue;
        if (failed++ > 0) continue;
        result.state = TrialState::failed;
        result.rank = trial->rank;
        result.reason = core::concat(fold_text(folding, trial->trial), ": ", trial->reason);
    }
    if (failed > 1) {
        result.reason +=
            core::concat("; ", failed - 1, failed == 2 ? " other fold" : " other folds", " failed");
    }
}

const TrialResult* best_of(const std::vector<const TrialResult*>& trials,
                           const std::string& metric) {
    const TrialResult* best = nullptr;
    for (const TrialResult* trial : trials) {
        const Score score = score_of(*trial, metric);
        if (!score.counts()) continue;
        if (best == nullptr || ranks_before(score, score_of(*best, metric), metric)) {
            best = trial;
        }
    }
    return best;
}

/// `trials` are not empty.
TrialResult combined(const SweepRecord& record, TrialId permutation,
                     const std::vector<const TrialResult*>& trials) {
    TrialResult result = *trials.front();
    result.trial = permutation;
    result.files.clear();
    result.notices.clear();
    result.best_epoch.reset();
    result.duration = 0;
    std::set<std::string> notices;
    for (const TrialResult* trial : trials) {
        result.started_at = std::min(result.started_at, trial->started_at);
        result.ended_at = std::max(result.ended_at, trial->ended_at);
        result.duration += trial->duration;
        result.peak_memory_bytes = std::max(result.peak_memory_bytes, trial->peak_memory_bytes);
        if (result.patch_size.empty()) result.patch_size = trial->patch_size;
        notices.insert(trial->notices.begin(), trial->notices.end());
    }
    result.notices.assign(notices.begin(), notices.end());
    set_means(result, trials);
    const TrialResult* const best = best_of(trials, record.start.metric);
    result.weights_file = best == nullptr ? std::string() : best->weights_file;
    add_failure(result, trials, record.start.folding);
    return result;
}

/// Whether the first trial of a search decided that the others are left out.
bool ended_with_its_first(const Folding& folding, const std::vector<const TrialResult*>& trials) {
    if (trials.empty()) return false;
    const TrialResult& first = *trials.front();
    return folding.leaves_out_others(first.trial, first.state == TrialState::done);
}

/// Nothing where a trial that is not left out has no result.
std::optional<TrialResult> result_of(const SweepRecord& record, TrialId permutation,
                                     const std::vector<const TrialResult*>& trials) {
    const Folding& folding = record.start.folding;
    const bool is_short = trials.size() < folding.trials();
    if (is_short && !ended_with_its_first(folding, trials)) return std::nullopt;
    if (!folding.any()) return *trials.front();
    return combined(record, permutation, trials);
}

/// What is known of a permutation's trials together.
TrialRecord joined_trials(const SweepRecord& record, TrialId permutation) {
    TrialRecord joined;
    joined.result = permutation_result(record, permutation);
    std::vector<const History*> histories;
    for (const TrialId trial : trials_of_permutations(record.start.folding, {permutation})) {
        const TrialRecord* const known = record.find(trial);
        if (known == nullptr) continue;
        if (joined.state != TrialState::running) {
            joined.state =
                known->state == TrialState::running ? TrialState::running : TrialState::paused;
            joined.rank = known->rank;
        }
        const double began = known->first_started_at;
        if (began > 0 && (joined.first_started_at == 0 || began < joined.first_started_at)) {
            joined.first_started_at = began;
        }
        joined.spent_seconds += known->spent_seconds;
        histories.push_back(known->result ? &known->result->history : &known->epochs);
    }
    if (joined.result) {
        joined.state = joined.result->state;
    } else {
        joined.epochs = mean_history(histories);
    }
    return joined;
}

/// The permutations that share a training in every fold; those of an extension may begin otherwise
/// in some.
std::vector<std::vector<TrialId>> shared_by_permutation(const SweepStart& start) {
    const Folding& folding = start.folding;
    const std::map<TrialId, TrialId> trainings = start.shared_trainings();
    std::map<std::vector<TrialId>, std::vector<TrialId>> together;
    for (const auto& ids : start.shared) {
        if (folding.number(ids.front()) != 0) continue;
        for (const TrialId id : ids) {
            const TrialId permutation = folding.permutation(id);
            auto of_folds = trials_of_permutations(folding, {permutation});
            for (TrialId& trial : of_folds) {
                const auto found = trainings.find(trial);
                if (found != trainings.end()) trial = found->second;
            }
            together[of_folds].push_back(permutation);
        }
    }
    std::vector<std::vector<TrialId>> shared;
    for (const auto& entry : together) {
        if (entry.second.size() > 1) shared.push_back(entry.second);
    }
    std::ranges::sort(shared, {}, [](const auto& permutations) { return permutations.front(); });
    return shared;
}

SweepStart start_by_permutation(const SweepStart& start) {
    SweepStart joined = start;
    joined.folding = {};
    joined.rounds /= start.folding.trials();
    joined.trials.clear();
    joined.indices.clear();
    joined.shared.clear();
    const Folding& folding = start.folding;
    for (const TrialId trial : start.trials) {
        const TrialId permutation = folding.permutation(trial);
        if (!joined.trials.empty() && joined.trials.back() == permutation) continue;
        joined.trials.push_back(permutation);
        if (!start.indices.empty()) joined.indices.push_back(start.index_of(trial));
    }
    joined.shared = shared_by_permutation(start);
    return joined;
}

SweepRecord joined_record(const SweepRecord& record) {
    SweepRecord joined{.start = start_by_permutation(record.start),
                       .trials = {},
                       .starts = record.starts,
                       .timeline = record.timeline,
                       .finished = record.finished,
                       .last_event_at = record.last_event_at,
                       .owner = record.owner,
                       .shared_trainings = {},
                       .extensions = record.extensions};
    joined.shared_trainings = joined.start.shared_trainings();
    const Folding& folding = record.start.folding;
    for (Span& span : joined.timeline) span.trial = folding.permutation(span.trial);
    for (const auto& entry : record.trials) {
        const TrialId permutation = folding.permutation(entry.first);
        if (joined.trials.contains(permutation)) continue;
        joined.trials.emplace(permutation, joined_trials(record, permutation));
    }
    return joined;
}

}  // namespace

std::vector<const TrialResult*> trial_results(const SweepRecord& record, TrialId permutation) {
    std::vector<const TrialResult*> results;
    for (const TrialId trial : trials_of_permutations(record.start.folding, {permutation})) {
        if (const TrialResult* const result = record.result(trial)) results.push_back(result);
    }
    return results;
}

std::optional<TrialResult> permutation_result(const SweepRecord& record, TrialId permutation) {
    return result_of(record, permutation, trial_results(record, permutation));
}

std::optional<TrialResult> permutation_result_with(const SweepRecord& record,
                                                   const TrialResult& result) {
    const TrialId permutation = record.start.folding.permutation(result.trial);
    auto trials = trial_results(record, permutation);
    std::erase_if(trials, [&](const auto* one) { return one->trial == result.trial; });
    const auto after =
        std::ranges::find_if(trials, [&](const auto* one) { return one->trial > result.trial; });
    trials.insert(after, &result);
    return result_of(record, permutation, trials);
}

const TrialResult* best_trial(const SweepRecord& record, TrialId permutation) {
    return best_of(trial_results(record, permutation), record.start.metric);
}

PermutationView::PermutationView(const SweepRecord& record) : whole_(&record) {
    if (record.start.folding.any()) joined_ = joined_record(record);
}

}  // namespace msunet::record
