// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/forecast.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "msunet/unet/hyperparameters.hpp"

namespace msunet::report {

namespace {

std::int64_t epochs_of(const record::SweepRecord& record, record::TrialId trial) {
    // Only the keys that matter here: a sweep can have a million permutations.
    const auto& grid = record.start.grid;
    if (!grid.contains("epochs") && !grid.contains("pca_only")) {
        return unet::Hyperparameters{}.epochs;
    }
    core::Permutation permutation = record.permutation(trial);
    std::erase_if(permutation, [](const auto& entry) {
        return entry.first != "epochs" && entry.first != "pca_only";
    });
    const auto hyperparameters = unet::from_permutation(permutation);
    return hyperparameters.pca_only ? 0 : hyperparameters.epochs;
}

std::int64_t most_epochs(const record::SweepRecord& record,
                         const std::vector<record::TrialId>& trials) {
    std::int64_t most = 0;
    for (const record::TrialId trial : trials) most = std::max(most, epochs_of(record, trial));
    return most;
}

/// Of a search with folds early stopping may leave more than the rungs do.
bool may_leave_more(const record::SweepStart& start) {
    const auto patience = record::setting(start.configuration, "early_stopping");
    return start.folding.first_decides &&
           (start.grid.contains("early_stopping") || patience.value_or("none") != "none");
}

}  // namespace

Forecast::Forecast(const record::SweepRecord& record, std::optional<record::SearchEpochs> search) {
    if (search) {
        search_left_ = search->count;
        may_take_more_ = !search->at_most || may_leave_more(record.start);
    }
    for (const record::TrialId id : record.start.trials) {
        if (record.training_of(id) != id) continue;
        const auto left = record.unfinished_trials(id);
        const record::TrialRecord* const known = record.find(id);
        if (left.empty()) {
            if (const auto* longest = record.longest_result(id)) count(longest->history);
            continue;
        }
        ++trainings_left_;
        epochs_left_ += most_epochs(record, left);
        std::int64_t begun = 0;
        if (known != nullptr && !known->epochs.empty()) {
            count(known->epochs);
            begun = std::ssize(known->epochs);
        } else if (const auto begins = record.continued.find(id);
                   begins != record.continued.end()) {
            begun = begins->second.epoch;
        }
        if (begun == 0) continue;
        begun_[id] = begun;
        epochs_left_ -= begun;
    }
    count_suggestions(record);
}

void Forecast::count_suggestions(const record::SweepRecord& record) {
    const auto known = std::ssize(record.start.trials);
    const auto missing = static_cast<std::int64_t>(record.start.selected()) - known;
    if (missing == 0 || known == 0) return;
    std::int64_t epochs = 0;
    for (const record::TrialId trial : record.start.trials) epochs += epochs_of(record, trial);
    trainings_left_ += missing;
    epochs_left_ += missing * epochs / known;
}

void Forecast::count(const record::History& history) {
    for (const record::EpochReport& report : history) seconds_seen_ += report.seconds;
    epochs_seen_ += std::ssize(history);
    if (search_left_) *search_left_ -= std::ssize(history);
}

void Forecast::epoch(record::TrialId training, const record::EpochReport& report) {
    ++epochs_seen_;
    seconds_seen_ += report.seconds;
    // After a resume an epoch can come again.
    std::int64_t& done = begun_[training];
    epochs_left_ -= report.epoch + 1 - done;
    if (search_left_) *search_left_ -= report.epoch + 1 - done;
    done = report.epoch + 1;
}

void Forecast::ended(const record::SweepRecord& record, const record::TrialResult& result) {
    leave(record, result.trial);
    const record::Folding& folding = record.start.folding;
    for (record::TrialId i = 1; i < folding.trials() && folding.number(result.trial) == 0; ++i) {
        if (record.is_left_out(result.trial + i)) leave(record, result.trial + i);
    }
}

void Forecast::leave(const record::SweepRecord& record, record::TrialId trial) {
    const record::TrialId training = record.training_of(trial);
    auto left = record.unfinished_trials(training);
    std::erase(left, trial);
    const std::int64_t after = most_epochs(record, left);
    epochs_left_ -= std::max(after, epochs_of(record, trial)) - after;
    if (!left.empty()) return;
    --trainings_left_;
    const auto begun = begun_.find(training);
    if (begun == begun_.end()) return;
    epochs_left_ += begun->second;
    begun_.erase(begun);
}

double Forecast::search_share() const {
    if (!search_left_ || epochs_left_ <= 0) return 1;
    return std::clamp(static_cast<double>(*search_left_) / static_cast<double>(epochs_left_), 0.0,
                      1.0);
}

std::optional<double> Forecast::seconds_left(std::int64_t groups) const {
    const auto each = epoch_seconds();
    if (!each) return std::nullopt;
    const std::int64_t side_by_side = std::clamp<std::int64_t>(trainings_left_, 1, groups);
    std::int64_t epochs = std::max<std::int64_t>(epochs_left_, 0);
    if (search_left_) {
        // More was promoted than planned: how much more is to come isn't known.
        if (*search_left_ <= 0 && trainings_left_ > 0) return std::nullopt;
        epochs = std::min(epochs, std::max<std::int64_t>(0, *search_left_));
    }
    return *each * static_cast<double>(epochs) / static_cast<double>(side_by_side);
}

std::optional<double> Forecast::epoch_seconds() const {
    if (epochs_seen_ == 0) return std::nullopt;
    return seconds_seen_ / static_cast<double>(epochs_seen_);
}

std::int64_t Forecast::planned_epochs(const record::SweepRecord& record,
                                      record::TrialId training) const {
    const auto left = record.unfinished_trials(training);
    return most_epochs(record, left.empty() ? record.start.trials_of(training) : left);
}

std::int64_t epochs_of_training(const record::SweepRecord& record, record::TrialId training) {
    return most_epochs(record, record.start.trials_of(training));
}

std::int64_t groups_of(const record::World& world) {
    return std::max<std::int64_t>(1, world.ranks / std::max<std::int64_t>(1, world.group_size));
}

}  // namespace msunet::report
