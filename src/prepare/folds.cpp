// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/folds.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

/// The name of the scan that a copy was made of, without extension; of other scans their own.
std::string origin_of(const Pair& pair) {
    constexpr std::string_view mark = "_augmented";
    std::string stem = stem_of(pair.data);
    while (true) {
        const auto number = stem.find_last_not_of("0123456789") + 1;
        const auto begin = stem.substr(0, number);
        if (number == stem.size() || !begin.ends_with(mark)) return stem;
        stem = begin.substr(0, begin.size() - mark.size());
    }
}

/// Pairs that stay together.
struct Unit {
    std::vector<std::size_t> pairs;
    std::array<double, core::modality_count + 1> counts{};  ///< without copies: all, by modality
};

/// Of each subject one, in the order of their names. A copy belongs to the subject of its origin.
std::vector<Unit> units_of(std::span<const Pair> pairs, const std::vector<bool>& is_copy) {
    std::map<std::string, std::string> subject_of_origin;
    for (const bool copies : {false, true}) {
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (is_copy[i] == copies) {
                subject_of_origin.emplace(origin_of(pairs[i]), pairs[i].subject);
            }
        }
    }
    std::map<std::string, Unit> units;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        Unit& unit = units[subject_of_origin.at(origin_of(pairs[i]))];
        unit.pairs.push_back(i);
        if (is_copy[i]) continue;
        ++unit.counts.front();
        ++unit.counts[static_cast<std::size_t>(pairs[i].modality) + 1];
    }
    std::vector<Unit> list;
    for (auto& [subject, unit] : units) list.push_back(std::move(unit));
    return list;
}

[[noreturn]] void refuse_subjects(std::span<const Pair> pairs, std::size_t subjects,
                                  std::int64_t folds) {
    std::vector<std::string> names;
    for (const Pair& pair : pairs) names.push_back(pair.subject);
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    throw core::UsageError(
        {.option = "--folds",
         .got = std::to_string(folds),
         .problem = core::concat("needs as many subjects and there ",
                                 subjects == 1 ? "is only 1" : core::concat("are only ", subjects)),
         .why = core::name_list(names),
         .advice = "give fewer folds, or --subject_pattern if the names say the subject "
                   "otherwise"});
}

/// The fold of each unit.
std::vector<std::size_t> deal_units(const std::vector<Unit>& units, std::size_t folds,
                                    std::uint64_t seed) {
    auto order = core::RandomStream(seed).permutation(static_cast<std::uint32_t>(units.size()));
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::uint32_t i) { return units[i].counts.front(); });
    auto all = units.front().counts;
    all.fill(0);
    for (const Unit& unit : units) {
        for (std::size_t m = 0; m < all.size(); ++m) all[m] += unit.counts[m];
    }
    std::vector<decltype(Unit::counts)> filled(folds);
    std::vector<std::size_t> fold_of(units.size());
    for (const std::uint32_t i : order) {
        const auto disturbance = [&](const auto& fold) {
            double sum = 0;
            for (std::size_t m = 0; m < all.size(); ++m) {
                if (all[m] > 0) sum += fold[m] * units[i].counts[m] / all[m];
            }
            return sum;
        };
        std::size_t chosen = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t f = 0; f < folds; ++f) {
            // Sums of rounded quotients that should be equal.
            constexpr double rounding = 1e-9;
            const double sum = disturbance(filled[f]);
            if (sum >= least - rounding) continue;
            least = sum;
            chosen = f;
        }
        fold_of[i] = chosen;
        for (std::size_t m = 0; m < all.size(); ++m) filled[chosen][m] += units[i].counts[m];
    }
    return fold_of;
}

}  // namespace

PairUse FoldPlan::use_of(std::size_t pair, std::uint64_t fold, std::uint64_t repeat) const {
    if (std::cmp_not_equal(fold_of[repeat][pair], fold)) return PairUse::training;
    return is_copy[pair] ? PairUse::none : PairUse::validation;
}

FoldPlan plan_folds(std::span<const Pair> pairs, std::int64_t folds, std::int64_t repeats,
                    std::uint64_t seed) {
    std::set<std::string> stems;
    for (const Pair& pair : pairs) stems.insert(stem_of(pair.data));
    FoldPlan plan;
    for (const Pair& pair : pairs) {
        const auto origin = origin_of(pair);
        plan.is_copy.push_back(origin != stem_of(pair.data) && stems.contains(origin));
    }
    const auto units = units_of(pairs, plan.is_copy);
    if (std::ssize(units) < folds) refuse_subjects(pairs, units.size(), folds);
    for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
        const auto fold_of_unit =
            deal_units(units, static_cast<std::size_t>(folds),
                       core::derive_seed(
                           seed, {core::seed_label("folds"), static_cast<std::uint64_t>(repeat)}));
        auto& fold_of = plan.fold_of.emplace_back(pairs.size());
        for (std::size_t unit = 0; unit < units.size(); ++unit) {
            for (const std::size_t pair : units[unit].pairs) {
                fold_of[pair] = static_cast<std::int64_t>(fold_of_unit[unit]);
            }
        }
    }
    return plan;
}

}  // namespace msunet::prepare
