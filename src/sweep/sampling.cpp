// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "msunet/sweep/suggester.hpp"

namespace msunet::sweep {

using record::TrialId;

namespace {

std::optional<double> mean(const std::map<std::uint64_t, std::optional<double>>& values) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& [number, value] : values) {
        if (!value) continue;
        sum += *value;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
}

}  // namespace

Sampling::Sampling(std::unique_ptr<Suggester> suggester, record::Folding folding)
    : suggester_(std::move(suggester)), folding_(folding) {}

std::optional<TrialId> Sampling::suggest() {
    const auto permutation = suggester_->suggest();
    if (!permutation) return std::nullopt;
    return folding_.trial(*permutation, 0, 0);
}

void Sampling::suggested(TrialId first) { suggester_->suggested(folding_.permutation(first)); }

void Sampling::ended(TrialId trial, Training::End end, std::optional<double> value) {
    const TrialId permutation = folding_.permutation(trial);
    if (folding_.leaves_out_others(trial, end == Training::End::completed)) {
        suggester_->ended(permutation, value);
        return;
    }
    Trials& trials = running_[permutation];
    trials.values[folding_.number(trial)] = value;
    trials.failed = trials.failed || end == Training::End::failed;
    if (trials.values.size() < folding_.trials()) return;
    suggester_->ended(permutation, trials.failed ? std::nullopt : mean(trials.values));
    running_.erase(permutation);
}

}  // namespace msunet::sweep
