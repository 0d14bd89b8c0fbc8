// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace msunet::record {

bool is_better(double value, double other, std::string_view metric) {
    if (std::isnan(value) || std::isnan(other)) return std::isnan(other) && !std::isnan(value);
    return lower_is_better(metric) ? value < other : value > other;
}

Score score_of(const TrialResult& result, std::string_view name) {
    return {result.trial, metric(result, name)};
}

bool ranks_before(const Score& a, const Score& b, std::string_view metric) {
    if (a.value.has_value() != b.value.has_value()) return a.value.has_value();
    if (a.value && *a.value != *b.value) return is_better(*a.value, *b.value, metric);
    return a.trial < b.trial;
}

std::vector<std::size_t> ranking(std::span<const TrialResult> results, std::string_view metric) {
    std::vector<Score> scores;
    scores.reserve(results.size());
    for (const TrialResult& result : results) scores.push_back(score_of(result, metric));
    std::vector<std::size_t> order(results.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return ranks_before(scores[a], scores[b], metric);
    });
    return order;
}

const TrialResult* best(const SweepRecord& record) {
    const auto trial = Leaderboard(record).best();
    return trial ? record.result(*trial) : nullptr;
}

Leaderboard::Leaderboard(const SweepRecord& record) : Leaderboard(record.start.metric) {
    for (const auto& [id, trial] : record.trials) {
        if (trial.result) add(*trial.result);
    }
}

bool Leaderboard::add(const TrialResult& result) {
    ++ended_;
    const Score score = score_of(result, metric_);
    if (!score.value || (best_.value && !ranks_before(score, best_, metric_))) return false;
    best_ = score;
    return true;
}

std::optional<TrialId> Leaderboard::best() const {
    return best_.value ? std::optional(best_.trial) : std::nullopt;
}

}  // namespace msunet::record
