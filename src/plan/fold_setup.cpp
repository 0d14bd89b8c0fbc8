// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/fold_setup.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <span>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::plan {

using core::concat;

namespace {

std::vector<prepare::Pair> pairs_of(const prepare::Survey& survey) {
    std::vector<prepare::Pair> pairs;
    for (const auto& surveyed : survey.pairs) pairs.push_back(surveyed.pair);
    return pairs;
}

data::SourceUse use_of(const data::Source& source, const prepare::FoldPlan& plan,
                       std::uint64_t fold, std::uint64_t repeat) {
    const auto use = plan.use_of(source.pair, fold, repeat);
    if (use == prepare::PairUse::training) return data::SourceUse::training;
    return use == prepare::PairUse::validation && !source.augmented ? data::SourceUse::validation
                                                                    : data::SourceUse::none;
}

/// "4 scans (3 dti, 1 fmri): m1, m2".
std::string fold_line(const prepare::Survey& survey, const prepare::FoldPlan& plan,
                      std::uint64_t fold, std::uint64_t repeat) {
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
    return concat(core::counted(scans, "scan"), " (",
                  core::join(std::span<const std::string>(counts)),
                  "): ", core::join(std::span<const std::string>(names)));
}

sweep::DataParts parts_of_fold(const prepare::Survey& survey, const prepare::FoldPlan& plan,
                               const record::Folding& folding, record::TrialId trial) {
    sweep::DataParts parts;
    for (std::size_t i = 0; i < survey.pairs.size(); ++i) {
        const auto modality = static_cast<std::size_t>(survey.pairs[i].pair.modality);
        const auto use = plan.use_of(i, folding.fold(trial), folding.repeat(trial));
        if (use == prepare::PairUse::training) parts.training[modality] = true;
        if (use == prepare::PairUse::validation) parts.validation[modality] = true;
    }
    return parts;
}

/// The scans that a metric is measured on: "fmri scans" for the Dice of a modality, else "scans".
std::string scans_of(std::string_view metric) {
    for (const auto modality : core::modality_names) {
        if (metric.starts_with(concat(modality, "_"))) return concat(modality, " scans");
    }
    return "scans";
}

}  // namespace

record::Folding folding_of(const settings::TrainSettings& settings) {
    const auto& split = settings.split;
    if (!split.folds) return {};
    return {.folds = static_cast<std::uint64_t>(*split.folds),
            .repeats = static_cast<std::uint64_t>(split.repeats),
            .first_decides = settings.sweep.strategy != sweep::StrategyKind::grid};
}

prepare::FoldPlan fold_plan_of(const settings::TrainSettings& settings,
                               const prepare::Survey& survey) {
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
            uses.push_back(use_of(source, plan, folding.fold(trial), folding.repeat(trial)));
        }
    }
    return splits;
}

void add_folds(record::DataSummary& summary, const prepare::FoldPlan& plan) {
    if (plan.fold_of.empty()) return;
    for (std::size_t i = 0; i < summary.pairs.size(); ++i) {
        auto& pair = summary.pairs[i];
        if (plan.is_copy[i]) continue;
        for (const auto& repeat : plan.fold_of) pair.folds.push_back(repeat[i]);
    }
}

std::string folds_text(const GridPlan& plan) {
    const auto& folding = plan.folding;
    if (!folding.any()) return {};
    const auto trials = plan.selection.count() * folding.trials();
    return concat(folding.folds, " folds",
                  folding.repeats > 1 ? concat(" in ", folding.repeats, " repeats") : "", ", ",
                  folding.first_decides ? "at most " : "",
                  core::thousands(static_cast<std::int64_t>(trials)), " trials");
}

std::vector<std::string> fold_lines(const prepare::Survey& survey, const prepare::FoldPlan& plan,
                                    const record::Folding& folding) {
    std::vector<std::string> lines;
    if (!folding.any()) return lines;
    for (record::TrialId trial = 0; trial < folding.trials(); ++trial) {
        lines.push_back(
            concat(record::fold_text(folding, trial), " validates on ",
                   fold_line(survey, plan, folding.fold(trial), folding.repeat(trial))));
    }
    return lines;
}

void check_first_fold(const std::string& metric, const prepare::Survey& survey,
                      const prepare::FoldPlan& plan, const record::Folding& folding) {
    if (!folding.first_decides ||
        sweep::gives_metric(parts_of_fold(survey, plan, folding, 0), metric)) {
        return;
    }
    throw core::UsageError(
        {.option = "--metric",
         .got = metric,
         .problem = concat(": ", record::fold_text(folding, 0), " has no ", scans_of(metric),
                           ", and the search compares by its values there"),
         .advice = "choose another metric, --folds or --seed"});
}

std::vector<std::string> fold_warnings(const settings::TrainSettings& settings,
                                       const std::string& metric, const prepare::Survey& survey,
                                       const prepare::FoldPlan& plan,
                                       const record::Folding& folding) {
    std::vector<std::string> warnings;
    if (!folding.any()) return warnings;
    const auto check = [&](std::string_view option, const std::string& name) {
        std::vector<std::string> lacking;
        for (record::TrialId trial = 0; trial < folding.trials(); ++trial) {
            if (sweep::gives_metric(parts_of_fold(survey, plan, folding, trial), name)) continue;
            lacking.push_back(record::fold_text(folding, trial));
        }
        if (lacking.empty()) return;
        warnings.push_back(concat(
            "--", option, " ", name, ": ",
            core::join(std::span<const std::string>(lacking), folding.repeats > 1 ? "; " : ", "),
            lacking.size() == 1 ? " has no " : " have no ", scans_of(name), " to ",
            name.find("val_") != std::string::npos ? "validate" : "train",
            " on, so the mean leaves ", lacking.size() == 1 ? "it" : "them",
            " out; give fewer --folds or another metric"));
    };
    check("metric", metric);
    if (const auto& target = settings.sweep.performance_target;
        target && target->metric != metric) {
        check("performance_target", target->metric);
    }
    return warnings;
}

}  // namespace msunet::plan
