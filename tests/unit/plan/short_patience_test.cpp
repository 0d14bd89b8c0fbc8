// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/short_patience.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <utility>

namespace msunet::plan {
namespace {

/// The warning about all permutations of these lists.
std::string warning_of(const settings::TrainSettings& settings, record::GridLists lists) {
    GridPlan plan;
    plan.grid = std::make_unique<sweep::ParameterGrid>(std::move(lists));
    for (std::uint64_t index = 0; index < plan.grid->size(); ++index) {
        plan.selection.trials.push_back(index);
    }
    return short_patience_warning(settings, plan).value_or("none");
}

TEST(ShortPatience, IsThatOfAPermutationOfTheGrid) {
    const settings::TrainSettings settings;
    const auto warning = [&](std::int64_t patience, const char* schedule) {
        return warning_of(settings, {{"early_stopping", {std::int64_t{20}, patience}},
                                     {"lr_schedule", {"constant", schedule}}});
    };
    EXPECT_THAT(warning(10, "plateau"),
                testing::StartsWith("early_stopping 10 with lr_schedule plateau: "));
    EXPECT_EQ(warning(11, "plateau"), "none");
    EXPECT_EQ(warning(5, "cosine"), "none");
}

TEST(ShortPatience, IsSeenInTheDefaultsToo) {
    settings::TrainSettings settings;
    settings.defaults.lr_schedule = unet::LrSchedule::plateau;
    EXPECT_EQ(warning_of(settings, {{"lr", {1e-3}}}), "none");
    settings.defaults.early_stopping = 5;
    EXPECT_THAT(warning_of(settings, {{"lr", {1e-3}}}), testing::StartsWith("early_stopping 5 "));
}

}  // namespace
}  // namespace msunet::plan
