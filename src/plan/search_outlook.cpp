// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/search_outlook.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "msunet/core/counted.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/event.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/sweep/scheduler.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::plan {

using core::concat;

namespace {

std::int64_t default_epochs() { return unet::Hyperparameters{}.epochs; }

std::string rungs_of(const sweep::SearchRules& rules, std::int64_t most) {
    std::vector<std::string> rungs;
    for (const std::int64_t rung : sweep::rung_epochs(rules, most)) {
        rungs.push_back(std::to_string(rung));
    }
    if (rungs.empty()) {
        return concat("no rung below ", core::counted(most, "epoch"),
                      ": all are trained to the end");
    }
    return concat("rungs at ", core::join(rungs),
                  rungs == std::vector<std::string>{"1"} ? " epoch" : " epochs");
}

}  // namespace

std::string search_text(const record::SweepStart& start) {
    const auto rules = sweep::rules_of(start);
    if (rules.kind == sweep::StrategyKind::grid) return {};
    record::SweepRecord record;
    record::update(record, start);
    const auto trainings = sweep::expected_trainings(record, default_epochs());
    std::int64_t most = 0;
    std::int64_t all = 0;
    for (const auto& training : trainings) {
        most = std::max(most, training.epochs);
        all += training.epochs * (1 + rules.on_other_folds);
    }
    const auto planned = sweep::planned_epochs(rules, trainings);
    const record::SearchEpochs search{planned, sweep::waits_at_rungs(rules.kind)};
    return concat(core::name_of(rules.kind),
                  rules.on_other_folds > 0 ? " on the first fold, " : ", ", rungs_of(rules, most),
                  "; ", report::Forecast(record, search).is_bound() ? "at most " : "about ",
                  core::thousands(planned), planned == 1 ? " epoch" : " epochs", " instead of ",
                  core::thousands(all));
}

double search_share(const StartPlan& decided) {
    const auto rules = sweep::rules_of(decided.first);
    if (rules.kind == sweep::StrategyKind::grid) return 1;
    record::SweepRecord fresh;
    record::update(fresh, decided.first);
    const auto* known = decided.open.record();
    const auto& record = known != nullptr ? *known : fresh;
    return report::Forecast(record, sweep::search_epochs(record, default_epochs())).search_share();
}

}  // namespace msunet::plan
