// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/sweep/selection.hpp"
#include "msunet/sweep/suggester.hpp"
#include "sweep/parzen.hpp"
#include "sweep/rung.hpp"

namespace msunet::sweep {

namespace {

/// An axis with more than one value, and the order of its values.
struct SearchAxis {
    std::size_t axis = 0;                 ///< of the grid
    std::vector<std::uint32_t> rank;      ///< of each value of the axis
    std::vector<std::uint32_t> position;  ///< of each rank, on the axis
};

bool is_number(const core::Value& value) { return core::as_number(value).has_value(); }

SearchAxis search_axis(const std::vector<core::Value>& values, std::size_t axis, bool ordered) {
    SearchAxis result{axis, std::vector<std::uint32_t>(values.size()), {}};
    result.position.resize(values.size());
    std::iota(result.position.begin(), result.position.end(), 0U);
    if (ordered) {
        std::ranges::stable_sort(result.position, {}, [&](std::uint32_t position) {
            return *core::as_number(values[position]);
        });
    }
    for (std::uint32_t rank = 0; rank < result.position.size(); ++rank) {
        result.rank[result.position[rank]] = rank;
    }
    return result;
}

/// Most results that are good.
constexpr std::size_t most_good = 25;

class Tpe final : public Suggester {
public:
    Tpe(const ParameterGrid& grid, TpeSettings settings, Accepts accepts)
        : grid_(grid), settings_(std::move(settings)), accepts_(std::move(accepts)) {
        for (std::size_t axis = 0; axis < grid.names().size(); ++axis) {
            const std::vector<core::Value>& values = grid.axis(axis);
            if (values.size() < 2) continue;
            const bool ordered = std::ranges::all_of(values, is_number);
            axes_.push_back({static_cast<std::uint32_t>(values.size()), ordered});
            search_axes_.push_back(search_axis(values, axis, ordered));
        }
    }

    std::optional<record::TrialId> suggest() override {
        core::RandomStream random(core::derive_seed(
            settings_.seed, {core::seed_label("tpe"), static_cast<std::uint64_t>(places_.size())}));
        std::optional<record::TrialId> next;
        if (results_ >= settings_.startup) next = best_candidate(random);
        if (!next) next = uniform(random);
        if (next) suggested(*next);
        return next;
    }

    void suggested(record::TrialId trial) override { places_.emplace(trial, place_of(trial)); }

    void ended(record::TrialId trial, std::optional<double> value) override {
        if (!value || std::isnan(*value)) return;
        ++results_;
        best_.insert(rung_key(trial, value, record::lower_is_better(settings_.metric)));
        if (best_.size() > most_good) best_.erase(std::prev(best_.end()));
    }

private:
    [[nodiscard]] Place place_of(record::TrialId trial) const {
        const std::vector<std::size_t> positions = record::positions_of(grid_.lists(), trial);
        Place place;
        for (const SearchAxis& axis : search_axes_) {
            place.push_back(axis.rank[positions[axis.axis]]);
        }
        return place;
    }

    [[nodiscard]] record::TrialId trial_at(const Place& place) const {
        std::vector<std::uint64_t> positions(grid_.names().size(), 0);
        for (std::size_t i = 0; i < place.size(); ++i) {
            positions[search_axes_[i].axis] = search_axes_[i].position[place[i]];
        }
        return grid_.index(positions);
    }

    [[nodiscard]] bool is_free(record::TrialId trial) const {
        return !places_.contains(trial) && (!accepts_ || accepts_(trial));
    }

    /// How many of the results are good.
    [[nodiscard]] std::size_t good_count() const {
        return std::min((results_ + 9) / 10, most_good);
    }

    [[nodiscard]] std::optional<record::TrialId> best_candidate(core::RandomStream& random) const {
        std::vector<const Place*> good;
        std::unordered_set<record::TrialId> good_trials;
        auto result = best_.begin();
        for (std::size_t i = 0; i < good_count(); ++i, ++result) {
            good.push_back(&places_.at(trial_of(*result)));
            good_trials.insert(trial_of(*result));
        }
        std::vector<const Place*> bad;
        for (const auto& [trial, place] : places_) {
            if (!good_trials.contains(trial)) bad.push_back(&place);
        }
        const ParzenDensity good_density(axes_, std::move(good));
        const ParzenDensity bad_density(axes_, std::move(bad));
        return best_of(good_density, bad_density, random);
    }

    [[nodiscard]] std::optional<record::TrialId> best_of(const ParzenDensity& good,
                                                         const ParzenDensity& bad,
                                                         core::RandomStream& random) const {
        std::unordered_set<record::TrialId> seen;
        std::size_t candidates = 0;
        std::optional<record::TrialId> best;
        double best_ratio = 0;
        for (std::size_t i = 0; i < 10 * settings_.candidates; ++i) {
            const Place place = good.draw(random);
            const record::TrialId trial = trial_at(place);
            if (!seen.insert(trial).second || !is_free(trial)) continue;
            const double ratio = good(place) / bad(place);
            if (ratio > best_ratio) {
                best = trial;
                best_ratio = ratio;
            }
            if (++candidates == settings_.candidates) break;
        }
        return best;
    }

    [[nodiscard]] std::optional<record::TrialId> uniform(core::RandomStream& random) const {
        const bool can_list = grid_.size() <= selection_limit;
        const std::uint64_t draws = can_list ? 1024 : 100'000;
        for (std::uint64_t i = 0; i < draws; ++i) {
            const record::TrialId trial = random.below(grid_.size());
            if (is_free(trial)) return trial;
        }
        if (!can_list) return std::nullopt;
        std::vector<record::TrialId> left;
        for (record::TrialId trial = 0; trial < grid_.size(); ++trial) {
            if (is_free(trial)) left.push_back(trial);
        }
        if (left.empty()) return std::nullopt;
        return left[random.below(left.size())];
    }

    const ParameterGrid grid_;
    TpeSettings settings_;
    Accepts accepts_;
    std::vector<ParzenAxis> axes_;
    std::vector<SearchAxis> search_axes_;
    std::map<record::TrialId, Place> places_;  ///< of all that were suggested
    std::size_t results_ = 0;                  ///< with a value
    std::set<RungKey> best_;                   ///< of them
};

}  // namespace

std::unique_ptr<Suggester> tpe(const ParameterGrid& grid, TpeSettings settings, Accepts accepts) {
    return std::make_unique<Tpe>(grid, std::move(settings), std::move(accepts));
}

}  // namespace msunet::sweep
