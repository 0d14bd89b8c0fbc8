// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/trial.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace msunet::record {

namespace {

/// Whether its epochs count: a search stops a trial as it is after its last one.
bool has_summary(const TrialResult& result) {
    return result.state == TrialState::done || result.state == TrialState::stopped;
}

}  // namespace

bool is_final(TrialState state) {
    return state == TrialState::done || state == TrialState::failed || state == TrialState::pca ||
           state == TrialState::stopped;
}

TrialResult make_result(const Attempt& attempt, TrialState state, double now) {
    TrialResult result;
    result.trial = attempt.trial;
    result.permutation = attempt.permutation;
    result.state = state;
    result.started_at =
        attempt.first_started_at > 0 ? attempt.first_started_at : attempt.started_at;
    result.ended_at = now;
    result.duration = attempt.spent_seconds + now - attempt.started_at;
    result.rank = attempt.rank;
    result.ranks = attempt.ranks;
    result.num_gpus = attempt.num_gpus;
    return result;
}

TrialResult failed_result(const Attempt& attempt, std::string reason, double now) {
    auto result = make_result(attempt, TrialState::failed, now);
    result.reason = std::move(reason);
    return result;
}

const EpochReport* summary_epoch(const TrialResult& result) {
    if (!has_summary(result) || result.history.empty()) return nullptr;
    if (result.mean_epoch) return &*result.mean_epoch;
    if (result.best_epoch) {
        for (const EpochReport& report : result.history) {
            if (report.epoch == *result.best_epoch) return &report;
        }
    }
    return &result.history.back();
}

const ModalityRow* summary_modality(const TrialResult& result) {
    if (!has_summary(result) || result.modality.empty()) return nullptr;
    if (result.mean_modality) return &*result.mean_modality;
    if (const EpochReport* const epoch = summary_epoch(result)) {
        for (const ModalityRow& row : result.modality) {
            if (row.epoch == epoch->epoch) return &row;
        }
    }
    return &result.modality.back();
}

std::optional<double> metric(const EpochReport& report, std::string_view name) {
    if (const auto value = metric(report.metrics, name)) return value;
    return report.modality ? modality_metric(*report.modality, name) : std::nullopt;
}

std::optional<double> metric(const TrialResult& result, std::string_view name) {
    if (result.state != TrialState::done) return std::nullopt;
    std::optional<double> value;
    if (const EpochReport* const epoch = summary_epoch(result)) {
        value = metric(epoch->metrics, name);
    }
    if (!value) {
        if (const ModalityRow* const row = summary_modality(result)) {
            value = modality_metric(row->dice, name);
        }
    }
    return value && !std::isnan(*value) ? value : std::nullopt;
}

std::string training_text(TrialId training, const std::vector<TrialId>& trials) {
    constexpr std::size_t most_named = 4;
    std::vector<TrialId> others = trials;
    const bool itself = std::erase(others, training) > 0;
    std::string text = std::to_string(training);
    if (others.empty()) return text;
    text += itself ? ", with " : ", for ";
    const std::size_t named = others.size() > most_named ? most_named - 1 : others.size() - 1;
    for (std::size_t i = 0; i < named; ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(others[i]);
    }
    if (named > 0) text += " and ";
    if (others.size() > most_named) return text + std::to_string(others.size() - named) + " more,";
    return text + std::to_string(others.back()) + ",";
}

std::string trial_folder(TrialId trial) { return "trials/" + std::to_string(trial); }

}  // namespace msunet::record
