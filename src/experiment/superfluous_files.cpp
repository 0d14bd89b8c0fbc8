// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/superfluous_files.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "msunet/record/by_permutation.hpp"
#include "msunet/report/pictures.hpp"

namespace msunet::experiment {

namespace {

/// Whether a training is left, or can be trained again because it has failed.
bool may_be_trained(const record::SweepRecord& record, record::TrialId training) {
    return std::ranges::any_of(record.start.trials_of(training), [&](record::TrialId trial) {
        const auto* result = record.result(trial);
        return result == nullptr || result->state == record::TrialState::failed;
    });
}

/// Whether a training that may be trained goes on from this one's checkpoint.
bool is_awaited(const record::SweepRecord& record, record::TrialId training) {
    return std::ranges::any_of(record.continued, [&](const auto& entry) {
        return entry.second.from == training && may_be_trained(record, entry.first);
    });
}

}  // namespace

SuperfluousFiles::SuperfluousFiles(std::filesystem::path experiment, KeptFiles kept,
                                   const record::SweepRecord& record)
    : experiment_(std::move(experiment)), kept_(std::move(kept)), leaderboard_(record) {
    for (const auto& [training, begins] : record.continued) begun_from_[training] = begins.from;
    // An earlier start may have ended before it deleted these.
    const auto& folding = record.start.folding;
    for (const auto* result : record.results()) {
        add_checkpoints(*result, record);
        const auto permutation = folding.permutation(result->trial);
        // Once for each permutation: with its last trial.
        if (!folding.is_last(result->trial)) continue;
        if (permutation != leaderboard_.best()) add_models(permutation, record);
    }
}

void SuperfluousFiles::trial_ended(const record::TrialResult& result,
                                   const record::SweepRecord& record) {
    add_checkpoints(result, record);
    const auto before = leaderboard_.best();
    if (!leaderboard_.add(record, result)) {
        add_models(record.start.folding.permutation(result.trial), record);
    } else if (before) {
        add_models(*before, record);
    }
}

void SuperfluousFiles::add_models(record::TrialId permutation, const record::SweepRecord& record) {
    const auto& folding = record.start.folding;
    const auto trials = record::trial_results(record, permutation);
    // All folds' models belong to a mean, and a failed fold can be trained again.
    if (trials.size() < folding.trials()) return;
    if (folding.any() && std::ranges::find(trials, record::TrialState::failed,
                                           &record::TrialResult::state) != trials.end()) {
        return;
    }
    for (const auto* trial : trials) add_model(*trial);
}

void SuperfluousFiles::add_checkpoints(const record::TrialResult& result,
                                       const record::SweepRecord& record) {
    const auto training = record.training_of(result.trial);
    if (!record.unfinished_trials(training).empty()) return;
    add_checkpoint(training, record);
    const auto begins = begun_from_.find(training);
    if (begins != begun_from_.end()) add_checkpoint(begins->second, record);
}

void SuperfluousFiles::add_checkpoint(record::TrialId training, const record::SweepRecord& record) {
    const auto last = record.last_checkpoint(training);
    if (last && kept_.last_checkpoint &&
        kept_.last_checkpoint(record.permutation(training), last->epoch)) {
        return;
    }
    if (is_awaited(record, training)) return;
    files_.push_back(experiment_ / record::trial_folder(training) / record::checkpoint_file_name);
}

void SuperfluousFiles::add_model(const record::TrialResult& result) {
    if (kept_.all_models || result.weights_file.empty()) return;
    files_.push_back(experiment_ / result.weights_file);
    files_.push_back(experiment_ / record::trial_folder(result.trial) / report::pictures_file_name);
}

void SuperfluousFiles::remove() {
    for (const auto& file : files_) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    }
    files_.clear();
}

}  // namespace msunet::experiment
