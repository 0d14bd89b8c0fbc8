// SPDX-License-Identifier: Apache-2.0
#include "fold_setup.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <span>

#include "msunet/core/text.hpp"

namespace msunet::app {

using core::concat;

namespace {

std::vector<prepare::Pair> pairs_of(const prepare::Survey& survey) {
    std::vector<prepare::Pair> pairs;
    for (const auto& surveyed : survey.pairs) pairs.push_back(surveyed.pair);
    return pairs;
}

data::SourceUse use_of(const data::Source& source, const prepare::FoldPlan& plan, std::int64_t fold,
                       std::int64_t repeat) {
    const auto use = plan.use_of(source.pair, fold, repeat);
    if (use == prepare::PairUse::training) return data::SourceUse::training;
    return use == prepare::PairUse::validation && !source.augmented ? data::SourceUse::validation
                                                                    : data::SourceUse::none;
}

/// "4 scans (3 dti, 1 fmri): m1, m2".
std::string fold_line(const prepare::Survey& survey, const prepare::FoldPlan& plan,
                      std::int64_t fold, std::int64_t repeat) {
    std::set<std::string> subjects;
    std::array<std::size_t, core::modality_count> by_modality{};
    std::size_t scans = 0;
    for (std::size_t i = 0; i < survey.pairs.size(); ++i) {
        if (plan.use_of(i, fold, repeat) != prepare::PairUse::validation) continue;
        const auto& pair = survey.pairs[i].pair;
        subjects.insert(pair.subject);
        ++by_modality[static_cast<std::size_t>(pair.modality)];
        ++scans;
    }
    std::vector<std::string> counts;
    for (std::size_t m = 0; m < by_modality.size(); ++m) {
        if (by_modality[m] > 0)
            counts.push_back(concat(by_modality[m], " ", core::modality_names[m]));
    }
    const std::vector<std::string> names(subjects.begin(), subjects.end());
    return concat(scans, scans == 1 ? " scan (" : " scans (",
                  core::join(std::span<const std::string>(counts)),
                  "): ", core::join(std::span<const std::string>(names)));
}

}  // namespace

record::Folding folding_of(const TrainSettings& settings) {
    const auto& split = settings.split;
    if (!split.folds) return {};
    return {static_cast<std::uint64_t>(*split.folds), static_cast<std::uint64_t>(split.repeats)};
}

prepare::FoldPlan fold_plan_of(const TrainSettings& settings, const prepare::Survey& survey) {
    const auto& split = settings.split;
    if (!split.folds) return {};
    return prepare::plan_folds(pairs_of(survey), *split.folds, split.repeats,
                               static_cast<std::uint64_t>(settings.experiment.seed));
}

std::vector<data::SourceUses> splits_of(const data::Dataset& dataset, const prepare::FoldPlan& plan,
                                        const record::Folding& folding) {
    std::vector<data::SourceUses> splits;
    if (!folding.any()) return splits;
    for (record::TrialId trial = 0; trial < folding.trials(); ++trial) {
        auto& uses = splits.emplace_back();
        for (const auto& source : dataset.sources()) {
            uses.push_back(use_of(source, plan, static_cast<std::int64_t>(folding.fold(trial)),
                                  static_cast<std::int64_t>(folding.repeat(trial))));
        }
    }
    return splits;
}

void add_folds(record::DataSummary& summary, const prepare::Survey& survey,
               const prepare::FoldPlan& plan) {
    if (plan.fold_of.empty()) return;
    for (std::size_t i = 0; i < summary.pairs.size(); ++i) {
        auto& pair = summary.pairs[i];
        pair.subject = survey.pairs[i].pair.subject;
        if (plan.is_copy[i]) continue;
        for (const auto& repeat : plan.fold_of) pair.folds.push_back(repeat[i]);
    }
}

std::string folds_text(const record::Folding& folding, std::size_t permutations) {
    if (!folding.any()) return {};
    return concat(folding.folds, " folds",
                  folding.repeats > 1 ? concat(" in ", folding.repeats, " repeats") : "", ", ",
                  core::thousands(static_cast<std::int64_t>(permutations * folding.trials())),
                  " trials");
}

std::vector<std::string> fold_lines(const prepare::Survey& survey, const prepare::FoldPlan& plan,
                                    const record::Folding& folding) {
    std::vector<std::string> lines;
    if (!folding.any()) return lines;
    for (record::TrialId trial = 0; trial < folding.trials(); ++trial) {
        lines.push_back(
            concat(record::fold_text(folding, trial), " validates on ",
                   fold_line(survey, plan, static_cast<std::int64_t>(folding.fold(trial)),
                             static_cast<std::int64_t>(folding.repeat(trial)))));
    }
    return lines;
}

}  // namespace msunet::app
