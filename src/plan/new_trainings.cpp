// SPDX-License-Identifier: Apache-2.0
#include "new_trainings.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "msunet/core/text.hpp"
#include "msunet/train/going_on.hpp"

namespace msunet::plan {

namespace {

using record::TrialId;

/// A new trial.
struct NewTrial {
    TrialId trial = 0;
    unet::Hyperparameters values;
    std::int64_t epochs = 0;  ///< at most
};

/// A training that has ended, with its last checkpoint.
struct EndedTraining {
    TrialId training = 0;
    std::string checkpoint;
    bool is_there = false;  ///< the checkpoint's file
    train::EndOfTraining end;

    [[nodiscard]] std::int64_t epochs() const { return std::ssize(end.history); }
};

/// Trials that one training serves.
struct Part {
    const EndedTraining* from = nullptr;  ///< null: from the first epoch
    std::vector<NewTrial> trials{};

    [[nodiscard]] std::int64_t epochs() const {
        std::int64_t most = 0;
        for (const NewTrial& one : trials) most = std::max(most, one.epochs);
        return most;
    }
};

using Key = std::string;

bool has_all_modalities(const record::History& history) {
    return std::ranges::all_of(history,
                               [](const auto& report) { return report.modality.has_value(); });
}

/// What a training that has ended had come to: its permutations have parts of one history, some
/// without Dice by modality.
train::EndOfTraining end_of_training(const record::SweepRecord& record, TrialId training,
                                     const TrainingRules& rules) {
    const auto* longest = &record.longest_result(training)->history;
    std::int64_t best_kept_until = 0;
    for (const TrialId trial : record.start.trials_of(training)) {
        const auto& history = record.result(trial)->history;
        if (history.size() == longest->size() && has_all_modalities(history)) longest = &history;
        if (rules.values(record.permutation(trial)).restore_best) {
            best_kept_until = std::max(best_kept_until, std::ssize(history));
        }
    }
    return {*longest, best_kept_until};
}

/// Those from which others may go on, by key; also where the checkpoint is missing.
std::map<Key, std::vector<EndedTraining>> ended_trainings(const record::SweepRecord& record,
                                                          const TrainingRules& rules) {
    std::map<Key, std::vector<EndedTraining>> ended;
    for (const auto& entry : record.trials) {
        const TrialId training = entry.first;
        if (record.training_of(training) != training) continue;
        const auto checkpoint = record.last_checkpoint(training);
        if (!checkpoint) continue;
        const auto values = rules.values(record.permutation(training));
        const auto key = rules.key(values, training);
        if (!key || !train::has_epochs_after(values, checkpoint->epoch)) continue;
        ended[*key].push_back({training, checkpoint->file, rules.is_there(checkpoint->file),
                               end_of_training(record, training, rules)});
    }
    return ended;
}

/// The new trials by key, ascending.
std::map<Key, std::vector<NewTrial>> new_trials(const record::SweepRecord& record,
                                                const record::SweepExtended& extension,
                                                const TrainingRules& rules) {
    std::map<TrialId, std::uint64_t> added;
    for (std::size_t i = 0; i < extension.trials.size(); ++i) {
        if (std::ranges::binary_search(record.start.trials, extension.trials[i])) continue;
        added.emplace(extension.trials[i], extension.indices[i / record.start.folding.trials()]);
    }
    std::map<Key, std::vector<NewTrial>> by_key;
    for (const auto& [trial, index] : added) {
        auto values = rules.values(record::permutation_of(extension.grid, index));
        const auto key = rules.key(values, trial);
        if (!key) continue;
        auto& trials = by_key[*key];
        trials.push_back({.trial = trial, .values = std::move(values)});
        trials.back().epochs = trials.back().values.epochs;
    }
    return by_key;
}

/// The part of a trial: that of the furthest checkpoint from which it can go on, else the first.
std::size_t part_of(const NewTrial& trial, const std::vector<Part>& parts,
                    const record::SweepRecord& record, const TrainingRules& rules) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (best > 0 && parts[i].from->epochs() <= parts[best].from->epochs()) continue;
        const auto obstacle = train::going_on_obstacle(parts[i].from->end, trial.values,
                                                       rules.modality_metrics, record.start.metric);
        if (obstacle.empty()) best = i;
    }
    return best;
}

/// Moves trials to the training from the first epoch where they cost it fewer epochs than they
/// would take to go on.
void join_where_cheaper(std::vector<Part>& parts) {
    Part& first = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        Part& part = parts[i];
        if (first.trials.empty() || part.trials.empty()) continue;
        const auto alone = part.epochs() - part.from->epochs();
        if (part.epochs() - first.epochs() > alone) continue;
        std::ranges::move(part.trials, std::back_inserter(first.trials));
        part.trials.clear();
    }
}

/// The trainings of trials with the same key; `ended` must outlive them.
std::vector<Part> parts_of(const std::vector<NewTrial>& trials,
                           const std::vector<EndedTraining>& ended,
                           const record::SweepRecord& record, const TrainingRules& rules) {
    std::vector<Part> parts(1);
    for (const EndedTraining& one : ended) {
        if (one.is_there) parts.push_back({.from = &one});
    }
    for (NewTrial trial : trials) {
        for (const EndedTraining& one : ended) {
            trial.epochs = std::min(
                trial.epochs, train::epochs_beside(one.end, trial.values, rules.modality_metrics,
                                                   record.start.metric));
        }
        const auto part = part_of(trial, parts, record, rules);
        parts[part].trials.push_back(std::move(trial));
    }
    join_where_cheaper(parts);
    return parts;
}

/// Whether trials begin at an earlier epoch than they would with this checkpoint.
bool is_missed(const EndedTraining& one, const std::vector<Part>& parts,
               const record::SweepRecord& record, const TrainingRules& rules) {
    if (one.is_there) return false;
    return std::ranges::any_of(parts, [&](const Part& part) {
        if (part.from != nullptr && part.from->epochs() >= one.epochs()) return false;
        return std::ranges::any_of(part.trials, [&](const NewTrial& trial) {
            return train::going_on_obstacle(one.end, trial.values, rules.modality_metrics,
                                            record.start.metric)
                .empty();
        });
    });
}

void add(NewTrainings& trainings, const Part& part) {
    if (part.trials.empty()) return;
    std::vector<TrialId> ids;
    for (const NewTrial& one : part.trials) ids.push_back(one.trial);
    std::ranges::sort(ids);
    if (part.from != nullptr) {
        trainings.continued.push_back({.trial = ids.front(),
                                       .from = part.from->training,
                                       .epoch = part.from->epochs(),
                                       .checkpoint = part.from->checkpoint});
    }
    if (ids.size() > 1) trainings.shared.push_back(std::move(ids));
}

/// What is left of a training, in epochs.
struct EpochsLeft {
    std::int64_t from_checkpoint = 0;
    std::int64_t from_first = 0;
    bool is_certain = true;  ///< else early stopping can end it before
};

/// Of a training with a checkpoint, for its permutations without a result.
EpochsLeft epochs_left(
    const record::SweepRecord& record, TrialId training,
    const std::function<unet::Hyperparameters(const core::Permutation&)>& values) {
    EpochsLeft left;
    for (const TrialId trial : record.unfinished_trials(training)) {
        const auto one = values(record.permutation(trial));
        const bool is_certain = !one.early_stopping;
        if (one.epochs > left.from_first) {
            left.from_first = one.epochs;
            left.is_certain = is_certain;
        } else if (one.epochs == left.from_first) {
            left.is_certain = left.is_certain || is_certain;
        }
    }
    const auto done = record.checkpoint_of(training).value().epoch;
    left.from_checkpoint = std::max<std::int64_t>(0, left.from_first - done);
    return left;
}

}  // namespace

NewTrainings new_trainings(const record::SweepRecord& record,
                           const record::SweepExtended& extension, const TrainingRules& rules) {
    const auto ended = ended_trainings(record, rules);
    const std::vector<EndedTraining> none;
    NewTrainings trainings;
    for (const auto& [key, trials] : new_trials(record, extension, rules)) {
        const auto found = ended.find(key);
        const auto& from = found == ended.end() ? none : found->second;
        const auto parts = parts_of(trials, from, record, rules);
        for (const Part& part : parts) add(trainings, part);
        for (const EndedTraining& one : from) {
            if (is_missed(one, parts, record, rules)) trainings.missing.push_back(one.checkpoint);
        }
    }
    std::ranges::sort(trainings.missing);
    std::ranges::sort(trainings.shared, {}, [](const auto& ids) { return ids.front(); });
    std::ranges::sort(trainings.continued, {}, &record::Continuation::trial);
    return trainings;
}

std::string going_on_text(
    const record::SweepRecord& record,
    const std::function<unet::Hyperparameters(const core::Permutation&)>& values) {
    std::set<TrialId> permutations;
    EpochsLeft sum;
    for (const auto& entry : record.continued) {
        const auto trials = record.unfinished_trials(entry.first);
        if (trials.empty()) continue;
        const auto left = epochs_left(record, entry.first, values);
        sum.from_first += left.from_first;
        sum.from_checkpoint += left.from_checkpoint;
        sum.is_certain = sum.is_certain && left.is_certain;
        for (const TrialId trial : trials) {
            permutations.insert(record.start.folding.permutation(trial));
        }
    }
    if (permutations.empty()) return {};
    const auto count = [](auto number) {
        return core::thousands(static_cast<std::int64_t>(number));
    };
    return core::concat(count(permutations.size()),
                        permutations.size() == 1 ? " permutation goes" : " permutations go",
                        " on from checkpoints: ", sum.is_certain ? "" : "at most ",
                        count(sum.from_checkpoint), sum.from_checkpoint == 1 ? " epoch" : " epochs",
                        " instead of ", count(sum.from_first));
}

}  // namespace msunet::plan
