// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/strategy.hpp"

#include <algorithm>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "sweep/strategies.hpp"

namespace msunet::sweep {

namespace {

class Grid final : public Strategy {
public:
    Decisions begin(const std::vector<record::TrialId>& trials) override {
        Decisions decisions;
        decisions.work.reserve(trials.size());
        for (const record::TrialId trial : trials) decisions.work.push_back({trial, std::nullopt});
        return decisions;
    }
    Decisions paused(record::TrialId /*trial*/, std::optional<double> /*value*/) override {
        return {};
    }
    Decisions ended(record::TrialId /*trial*/, bool /*failed*/) override { return {}; }
    Decisions added(const Training& training) override {
        return {{{training.trial, std::nullopt}}, {}};
    }
};

}  // namespace

void Decisions::append(const Decisions& later) {
    work.insert(work.end(), later.work.begin(), later.work.end());
    stopped.insert(stopped.end(), later.stopped.begin(), later.stopped.end());
}

SearchRules rules_of(const record::SweepStart& start) {
    const auto text = [&](std::string_view name) {
        return record::setting(start.configuration, name).value_or("");
    };
    SearchRules rules;
    rules.kind = core::value_named<StrategyKind>(text("strategy")).value_or(rules.kind);
    rules.factor = core::to_integer(text("reduction_factor")).value_or(rules.factor);
    rules.min_epochs = core::to_integer(text("min_epochs")).value_or(rules.min_epochs);
    rules.budget = core::to_integer(text("strategy_budget"));
    rules.lower_is_better = record::lower_is_better(start.metric);
    if (start.folding.first_decides) {
        rules.on_other_folds = static_cast<std::int64_t>(start.folding.trials()) - 1;
    }
    rules.seed = static_cast<std::uint64_t>(core::to_integer(text("seed")).value_or(0));
    return rules;
}

std::unique_ptr<Strategy> grid_strategy() { return std::make_unique<Grid>(); }

std::unique_ptr<Strategy> make_strategy(const SearchRules& rules,
                                        const std::vector<Training>& trainings) {
    if (rules.kind == StrategyKind::grid) return grid_strategy();
    return strategy_entry(rules.kind).make(rules, trainings);
}

const StrategyEntry& strategy_entry(StrategyKind kind) {
    return *std::ranges::find(strategy_entries, kind, &StrategyEntry::kind);
}

}  // namespace msunet::sweep
