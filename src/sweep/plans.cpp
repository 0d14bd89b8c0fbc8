// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include "msunet/core/value.hpp"
#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {

namespace {

Training::End end_of(record::TrialState state) {
    switch (state) {
        case record::TrialState::failed:
            return Training::End::failed;
        case record::TrialState::stopped:
            return Training::End::stopped;
        default:
            return Training::End::completed;
    }
}

}  // namespace

TrialPlan plan_of(const record::SweepRecord& record, record::TrialId training,
                  const std::function<double(const core::Permutation&)>& cost) {
    TrialPlan plan;
    plan.trial = training;
    plan.ends = record.unfinished_trials(training);
    const record::Folding& folding = record.start.folding;
    if (folding.waits_for_first(training)) plan.first = folding.first(training);
    if (const record::TrialRecord* const known = record.find(training)) {
        plan.progress = known->progress;
        plan.spent_seconds = known->spent_seconds;
        plan.first_started_at = known->first_started_at;
        if (!known->rungs.empty()) plan.value = known->rungs.back().value;
    }
    plan.progress.checkpoint = record.checkpoint_of(training);
    if (const auto begins = record.continued.find(training); begins != record.continued.end()) {
        // As where permutations share a training: the time is that of all of its epochs.
        const auto* from = record.longest_result(begins->second.from);
        if (from != nullptr) plan.checkpoint_seconds = from->duration;
    }
    for (const record::TrialId end : plan.ends) {
        plan.cost = std::max(plan.cost, cost(record.permutation(end)));
    }
    return plan;
}

std::vector<TrialPlan> plans(const record::SweepRecord& record,
                             const std::function<double(const core::Permutation&)>& cost) {
    std::vector<TrialPlan> all;
    for (const record::TrialId id : record.start.trials) {
        if (record.training_of(id) != id) continue;
        auto plan = plan_of(record, id, cost);
        if (!plan.ends.empty()) all.push_back(std::move(plan));
    }
    return all;
}

std::uint64_t suggestions_left(const record::SweepRecord& record) {
    const record::SweepStart& start = record.start;
    return (start.selected() - start.trials.size()) / start.folding.trials();
}

void replay(const record::SweepRecord& record, Sampling& sampling) {
    const record::Folding& folding = record.start.folding;
    for (const record::TrialId id : record.start.trials) {
        if (folding.number(id) == 0) sampling.suggested(id);
    }
    for (const record::TrialResult* result : record.results()) {
        std::optional<double> value = record::metric(*result, record.start.metric);
        if (result->state == record::TrialState::stopped && !result->history.empty()) {
            value = record::metric(result->history.back(), record.start.metric);
        }
        sampling.ended(result->trial, end_of(result->state), value);
    }
}

Training training_of(const record::SweepRecord& record, record::TrialId id,
                     std::int64_t default_epochs) {
    Training training;
    training.trial = id;
    for (const record::TrialId trial : record.start.trials_of(id)) {
        const auto epochs = planned_epochs(record.permutation(trial), default_epochs);
        training.epochs = std::max(training.epochs, epochs);
        training.shorter.push_back(epochs);
    }
    std::erase(training.shorter, training.epochs);
    const record::TrialRecord* const known = record.find(id);
    if (known == nullptr) return training;
    training.started = known->first_started_at > 0;
    for (const record::RungVisit& rung : known->rungs) training.values.push_back(rung.value);
    training.promotions = std::ssize(known->promotions);
    if (record.unfinished_trials(id).empty()) training.end = end_of(known->state);
    return training;
}

std::vector<Training> trainings(const record::SweepRecord& record, std::int64_t default_epochs) {
    std::vector<Training> all;
    all.reserve(record.start.trials.size());
    const record::Folding& folding = record.start.folding;
    for (const record::TrialId id : record.start.trials) {
        if (record.training_of(id) != id) continue;
        if (folding.waits_for_first(id)) continue;
        all.push_back(training_of(record, id, default_epochs));
    }
    return all;
}

std::vector<Training> expected_trainings(const record::SweepRecord& record,
                                         std::int64_t default_epochs) {
    auto all = trainings(record, default_epochs);
    if (all.empty()) return all;
    Training mean;
    for (const Training& training : all) mean.epochs += training.epochs;
    mean.epochs /= std::ssize(all);
    all.insert(all.end(), suggestions_left(record), mean);
    return all;
}

std::optional<record::SearchEpochs> search_epochs(const record::SweepRecord& record,
                                                  std::int64_t default_epochs) {
    const SearchRules rules = rules_of(record.start);
    if (rules.kind == StrategyKind::grid) return std::nullopt;
    return record::SearchEpochs{planned_epochs(rules, expected_trainings(record, default_epochs)),
                                waits_at_rungs(rules.kind)};
}

std::int64_t planned_epochs(const core::Permutation& permutation, std::int64_t default_epochs) {
    const auto value = [&](std::string_view name) {
        const auto found = permutation.find(name);
        return found == permutation.end() ? core::Value{} : found->second;
    };
    if (core::as_bool(value("pca_only")).value_or(false)) return 0;
    return core::as_integer(value("epochs")).value_or(default_epochs);
}

double estimated_cost(const core::Permutation& permutation, std::int64_t default_epochs,
                      double samples) {
    const std::int64_t epochs = planned_epochs(permutation, default_epochs);
    // PCA passes once over the data.
    return static_cast<double>(epochs == 0 ? 1 : epochs) * samples;
}

}  // namespace msunet::sweep
