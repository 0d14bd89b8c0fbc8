// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/forecast.hpp"

#include <algorithm>

#include "msunet/unet/hyperparameters.hpp"

namespace msunet::report {

Forecast::Forecast(const record::SweepRecord& record) {
    for (const record::TrialId id : record.start.trials) {
        const record::TrialRecord* trial = record.find(id);
        if (trial != nullptr && trial->result) {
            count(trial->result->history);
            continue;
        }
        ++trials_left_;
        epochs_left_ += planned_epochs(record, id);
        if (trial == nullptr) continue;
        count(trial->epochs);
        begun_[id] = static_cast<std::int64_t>(trial->epochs.size());
        epochs_left_ -= begun_[id];
    }
}

void Forecast::count(const record::History& history) {
    for (const record::EpochReport& report : history) seconds_seen_ += report.seconds;
    epochs_seen_ += static_cast<std::int64_t>(history.size());
}

void Forecast::epoch(record::TrialId trial, const record::EpochReport& report) {
    ++epochs_seen_;
    seconds_seen_ += report.seconds;
    // After a resume an epoch can come again.
    std::int64_t& done = begun_[trial];
    epochs_left_ -= report.epoch + 1 - done;
    done = report.epoch + 1;
}

void Forecast::ended(const record::SweepRecord& record, const record::TrialResult& result) {
    const auto begun = begun_.find(result.trial);
    epochs_left_ -=
        planned_epochs(record, result.trial) - (begun == begun_.end() ? 0 : begun->second);
    --trials_left_;
    if (begun != begun_.end()) begun_.erase(begun);
}

std::optional<double> Forecast::seconds_left(std::int64_t groups) const {
    const auto each = epoch_seconds();
    if (!each) return std::nullopt;
    const std::int64_t side_by_side = std::clamp<std::int64_t>(trials_left_, 1, groups);
    return *each * static_cast<double>(epochs_left_) / static_cast<double>(side_by_side);
}

std::optional<double> Forecast::epoch_seconds() const {
    if (epochs_seen_ == 0) return std::nullopt;
    return seconds_seen_ / static_cast<double>(epochs_seen_);
}

std::int64_t Forecast::planned_epochs(const record::SweepRecord& record,
                                      record::TrialId trial) const {
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

std::int64_t groups_of(const record::World& world) {
    return std::max<std::int64_t>(1, world.ranks / std::max<std::int64_t>(1, world.group_size));
}

}  // namespace msunet::report
