// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/strategy.hpp"

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

std::unique_ptr<Strategy> grid_strategy() { return std::make_unique<Grid>(); }

std::unique_ptr<Strategy> make_strategy(const SearchRules& rules,
                                        const std::vector<Training>& trainings) {
    switch (rules.kind) {
        case StrategyKind::grid:
            break;
        case StrategyKind::halving:
            return halving_strategy(rules, trainings);
        case StrategyKind::hyperband:
            return hyperband_strategy(rules, trainings);
        case StrategyKind::asha:
            return asha_strategy(rules, trainings);
    }
    return grid_strategy();
}

}  // namespace msunet::sweep
