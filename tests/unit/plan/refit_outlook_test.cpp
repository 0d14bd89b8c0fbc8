// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/refit_outlook.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace msunet::plan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A plan of all permutations of these lists.
GridPlan plan_of(record::GridLists lists) {
    GridPlan plan;
    plan.grid = std::make_unique<sweep::ParameterGrid>(std::move(lists));
    for (std::uint64_t index = 0; index < plan.grid->size(); ++index) {
        plan.selection.trials.push_back(index);
    }
    return plan;
}

TEST(CallbackWarnings, NamePatienceThatEndsATrialBeforeThePlateau) {
    const settings::TrainSettings settings;
    const auto warnings = [&](std::int64_t patience, const char* schedule) {
        return callback_warnings(settings,
                                 plan_of({{"early_stopping", {std::int64_t{20}, patience}},
                                          {"lr_schedule", {"constant", schedule}}}));
    };
    EXPECT_THAT(warnings(10, "plateau"),
                ElementsAre(AllOf(HasSubstr("early_stopping 10 with lr_schedule plateau"),
                                  HasSubstr("give --early_stopping 20"))));
    EXPECT_THAT(warnings(11, "plateau"), IsEmpty());
    EXPECT_THAT(warnings(5, "cosine"), IsEmpty());
}

TEST(CallbackWarnings, NameARefitThatHasNothingToStopBy) {
    settings::TrainSettings settings;
    auto plan = plan_of({{"early_stopping", {std::int64_t{5}}}});
    EXPECT_THAT(callback_warnings(settings, plan), IsEmpty()) << "no folds, no refit";
    plan.folding = {2, 1};
    EXPECT_THAT(callback_warnings(settings, plan),
                ElementsAre(HasSubstr("give --restore_best True")));
    settings.defaults.restore_best = true;
    EXPECT_THAT(callback_warnings(settings, plan), IsEmpty());
}

}  // namespace
}  // namespace msunet::plan
