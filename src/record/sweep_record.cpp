// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/sweep_record.hpp"

#include <algorithm>

namespace msunet::record {

namespace {

/// Trials that are left out.
std::size_t left_out(const SweepRecord& record) {
    const Folding& folding = record.start.folding;
    // It is asked for with every result: of a large grid a loop over all trials each time.
    if (!folding.first_decides) return 0;
    std::size_t count = 0;
    for (const auto& [id, trial] : record.trials) {
        if (!trial.result) continue;
        const bool is_done = trial.result->state == TrialState::done;
        if (!folding.leaves_out_others(id, is_done)) continue;
        for (TrialId i = 1; i < folding.trials(); ++i) count += record.is_left_out(id + i) ? 1 : 0;
    }
    return count;
}

}  // namespace

std::optional<std::string> setting(const Configuration& configuration, std::string_view name) {
    for (const core::OptionText& option : configuration) {
        if (option.name == name) return option.text;
    }
    return std::nullopt;
}

std::uint64_t SweepStart::index_of(TrialId trial) const {
    if (indices.empty()) return folding.permutation(trial);
    const auto found = std::ranges::lower_bound(trials, trial);
    return indices.at(static_cast<std::size_t>(found - trials.begin()));
}

std::size_t SweepStart::selected() const { return std::max<std::size_t>(rounds, trials.size()); }

core::Permutation SweepStart::permutation(TrialId trial) const {
    return permutation_of(grid, index_of(trial));
}

std::vector<TrialId> SweepStart::trials_of(TrialId training) const {
    const auto found = std::ranges::lower_bound(
        shared, training, {}, [](const std::vector<TrialId>& ids) { return ids.front(); });
    if (found != shared.end() && found->front() == training) return *found;
    return {training};
}

std::map<TrialId, TrialId> SweepStart::shared_trainings() const {
    std::map<TrialId, TrialId> trainings;
    for (const auto& ids : shared) {
        for (std::size_t i = 1; i < ids.size(); ++i) trainings[ids[i]] = ids.front();
    }
    return trainings;
}

std::vector<DataPair> SweepStart::pairs_of(TrialId trial) const {
    auto pairs = data.pairs;
    if (!folding.any()) return pairs;
    const auto fold = static_cast<std::int64_t>(folding.fold(trial));
    const auto repeat = folding.repeat(trial);
    for (DataPair& pair : pairs) {
        pair.validation = repeat < pair.folds.size() && pair.folds[repeat] == fold;
    }
    return pairs;
}

bool SweepStart::has_validation() const {
    // A journal of release 0.1 may list no pairs.
    if (data.pairs.empty()) return data.validation_samples > 0;
    return folding.any() || std::ranges::any_of(data.pairs, &DataPair::validation);
}

const TrialRecord* SweepRecord::find(TrialId trial) const {
    const auto found = trials.find(trial);
    return found == trials.end() ? nullptr : &found->second;
}

const TrialResult* SweepRecord::result(TrialId trial) const {
    const TrialRecord* const known = find(trial);
    return known != nullptr && known->result ? &*known->result : nullptr;
}

std::vector<const TrialResult*> SweepRecord::results() const {
    std::vector<const TrialResult*> all;
    for (const auto& [id, trial] : trials) {
        if (trial.result) all.push_back(&*trial.result);
    }
    if (!start.indices.empty()) {
        std::ranges::sort(all, {}, [this](const TrialResult* one) {
            return std::pair(start.index_of(one->trial), one->trial);
        });
    }
    return all;
}

std::size_t SweepRecord::unfinished() const {
    const auto ended = std::ranges::count_if(
        trials, [](const auto& entry) { return entry.second.result.has_value(); });
    return planned() - static_cast<std::size_t>(ended);
}

bool SweepRecord::is_left_out(TrialId trial) const {
    const Folding& folding = start.folding;
    if (!folding.waits_for_first(trial) || result(trial) != nullptr) return false;
    const TrialResult* const first = result(folding.first(trial));
    return first != nullptr &&
           folding.leaves_out_others(first->trial, first->state == TrialState::done);
}

std::size_t SweepRecord::planned() const { return start.selected() - left_out(*this); }

TrialId SweepRecord::training_of(TrialId trial) const {
    const auto found = shared_trainings.find(trial);
    return found == shared_trainings.end() ? trial : found->second;
}

std::vector<TrialId> SweepRecord::unfinished_trials(TrialId training) const {
    auto members = start.trials_of(training);
    std::erase_if(members,
                  [this](TrialId trial) { return result(trial) != nullptr || is_left_out(trial); });
    return members;
}

core::Permutation SweepRecord::permutation(TrialId trial) const { return start.permutation(trial); }

std::optional<CheckpointReport> SweepRecord::checkpoint_of(TrialId training) const {
    const TrialRecord* const known = find(training);
    if (known != nullptr && known->progress.checkpoint) return known->progress.checkpoint;
    const auto begins = continued.find(training);
    if (begins == continued.end()) return std::nullopt;
    const Continuation& from = begins->second;
    return CheckpointReport{
        .trial = from.from, .file = from.checkpoint, .epoch = from.epoch, .step = 0};
}

std::optional<CheckpointReport> SweepRecord::last_checkpoint(TrialId training) const {
    const TrialRecord* const known = find(training);
    if (known == nullptr || !known->progress.checkpoint) return std::nullopt;
    for (const TrialId trial : start.trials_of(training)) {
        const TrialResult* const ended = result(trial);
        if (ended == nullptr || ended->state != TrialState::done) return std::nullopt;
    }
    const CheckpointReport& newest = *known->progress.checkpoint;
    const bool is_last =
        newest.step == 0 && newest.epoch == std::ssize(longest_result(training)->history);
    return is_last ? std::optional(newest) : std::nullopt;
}

const TrialResult* SweepRecord::longest_result(TrialId training) const {
    const TrialResult* longest = nullptr;
    for (const TrialId trial : start.trials_of(training)) {
        const TrialResult* const ended = result(trial);
        if (ended == nullptr) continue;
        if (longest == nullptr || ended->history.size() > longest->history.size()) longest = ended;
    }
    return longest;
}

std::vector<std::size_t> positions_of(const GridLists& grid, TrialId trial) {
    std::vector<std::size_t> positions(grid.size());
    auto position = positions.rbegin();
    for (auto axis = grid.rbegin(); axis != grid.rend(); ++axis, ++position) {
        *position = trial % axis->second.size();
        trial /= axis->second.size();
    }
    return positions;
}

core::Permutation permutation_of(const GridLists& grid, TrialId trial) {
    core::Permutation permutation;
    const std::vector<std::size_t> positions = positions_of(grid, trial);
    auto position = positions.begin();
    for (const auto& [name, values] : grid) permutation[name] = values[*position++];
    return permutation;
}

}  // namespace msunet::record
