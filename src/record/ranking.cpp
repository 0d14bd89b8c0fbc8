// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "msunet/record/by_permutation.hpp"

namespace msunet::record {

namespace {

/// Releases before 0.2 ended trials that had diverged as done.
bool has_nan(const Metrics& metrics) {
    return std::ranges::any_of(metric_names, [&](std::string_view name) {
        return std::isnan(metric(metrics, name).value_or(0));
    });
}

}  // namespace

bool is_better(double value, double other, std::string_view metric) {
    if (std::isnan(value) || std::isnan(other)) return std::isnan(other) && !std::isnan(value);
    return lower_is_better(metric) ? value < other : value > other;
}

std::string_view default_metric(bool has_validation) {
    return has_validation ? "val_dice_coef" : "dice_coef";
}

std::optional<RankedValue> ranked_value(const TrialResult& result, std::string_view name) {
    if (result.state != TrialState::done) return std::nullopt;
    if (const auto value = metric(result, name)) return RankedValue{std::string(name), *value};
    const EpochReport* const epoch = summary_epoch(result);
    if (epoch == nullptr || has_nan(epoch->metrics)) return std::nullopt;
    for (const bool has_validation : {true, false}) {
        const auto substitute = default_metric(has_validation);
        if (const auto value = metric(result, substitute)) {
            return RankedValue{std::string(substitute), *value};
        }
    }
    return std::nullopt;
}

Score score_of(const TrialResult& result, std::string_view name) {
    Score score;
    score.trial = result.trial;
    score.place = result.trial;
    const auto ranked = ranked_value(result, name);
    if (ranked) (ranked->metric == name ? score.value : score.substitute) = ranked->value;
    return score;
}

bool ranks_before(const Score& a, const Score& b, std::string_view metric) {
    if (a.value.has_value() != b.value.has_value()) return a.value.has_value();
    if (a.value && *a.value != *b.value) return is_better(*a.value, *b.value, metric);
    if (a.substitute.has_value() != b.substitute.has_value()) return a.substitute.has_value();
    if (a.substitute && *a.substitute != *b.substitute) return *a.substitute > *b.substitute;
    return a.place < b.place;
}

std::vector<std::size_t> ranking(std::span<const TrialResult> results, std::string_view metric) {
    std::vector<Score> scores;
    scores.reserve(results.size());
    for (const TrialResult& result : results) {
        Score score = score_of(result, metric);
        score.place = scores.size();
        scores.push_back(score);
    }
    std::vector<std::size_t> order(results.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return ranks_before(scores[a], scores[b], metric);
    });
    return order;
}

const TrialResult* best(const SweepRecord& record) {
    const auto first = Leaderboard(record).best();
    if (!first) return nullptr;
    return record.start.folding.any() ? best_trial(record, *first) : record.result(*first);
}

Leaderboard::Leaderboard(const SweepRecord& record) : Leaderboard(record.start.metric) {
    for (const auto& [id, trial] : record.trials) {
        if (!trial.result) continue;
        ++ended_;
        // With its last trial, so that each permutation is compared once.
        if (record.start.folding.is_last(id)) compare(record, *trial.result);
    }
}

bool Leaderboard::add(const TrialResult& result) {
    ++ended_;
    return compare(result, result.trial);
}

bool Leaderboard::add(const SweepRecord& record, const TrialResult& result) {
    ++ended_;
    return compare(record, result);
}

bool Leaderboard::compare(const SweepRecord& record, const TrialResult& result) {
    const Folding& folding = record.start.folding;
    const std::uint64_t place = record.start.index_of(result.trial);
    if (!folding.any()) return compare(result, place);
    const auto whole = permutation_result(record, folding.permutation(result.trial));
    return whole && compare(*whole, place);
}

bool Leaderboard::compare(const TrialResult& result, std::uint64_t place) {
    Score score = score_of(result, metric_);
    score.place = place;
    if (!score.counts() || (best_.counts() && !ranks_before(score, best_, metric_))) return false;
    best_ = score;
    return true;
}

std::optional<TrialId> Leaderboard::best() const {
    return best_.counts() ? std::optional(best_.trial) : std::nullopt;
}

std::optional<double> Leaderboard::best_value() const {
    return best_.value ? best_.value : best_.substitute;
}

}  // namespace msunet::record
