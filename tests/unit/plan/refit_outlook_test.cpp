// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/refit_outlook.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace msunet::plan {
namespace {

TEST(LongRefitWarning, NamesARefitThatHasNothingToStopBy) {
    settings::TrainSettings settings;
    GridPlan plan;
    plan.grid = std::make_unique<sweep::ParameterGrid>(
        record::GridLists{{"early_stopping", {std::int64_t{5}}}});
    plan.selection.trials = {0};
    EXPECT_FALSE(long_refit_warning(settings, plan)) << "no folds, no refit";
    plan.folding = {2, 1};
    EXPECT_THAT(long_refit_warning(settings, plan).value_or("none"),
                testing::HasSubstr("give --restore_best True"));
    settings.defaults.restore_best = true;
    EXPECT_FALSE(long_refit_warning(settings, plan));
}

}  // namespace
}  // namespace msunet::plan
