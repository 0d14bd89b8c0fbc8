// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/deal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "msunet/core/random.hpp"

namespace msunet::prepare {
namespace {

using testing::ElementsAre;

TEST(Deal, GivesTheCostliestFirstToTheIdlest) {
    // 9 to rank 0, 8 to rank 1, 5 to rank 1 (13), 4 to rank 0 (13), 1 to rank 0.
    const std::vector<double> costs{5, 9, 1, 8, 4};
    const auto owners = assign_tasks(costs, 2);
    EXPECT_THAT(owners, ElementsAre(1, 0, 0, 1, 0));
    EXPECT_THAT(tasks_of(costs, owners, 0), ElementsAre(1, 4, 2));
    EXPECT_THAT(tasks_of(costs, owners, 1), ElementsAre(3, 0));
}

TEST(Deal, NoRankHasMuchMoreThanItsShare) {
    core::RandomStream random(7);
    std::vector<double> costs(200);
    for (double& cost : costs) cost = random.uniform(1, 20);
    const double whole = std::accumulate(costs.begin(), costs.end(), 0.0);
    for (const int ranks : {1, 2, 3, 7, 64}) {
        const auto owners = assign_tasks(costs, ranks);
        std::vector<double> load(static_cast<std::size_t>(ranks));
        for (std::size_t i = 0; i < costs.size(); ++i) {
            load[static_cast<std::size_t>(owners[i])] += costs[i];
        }
        // Graham's bound for longest-first lists: a mean share plus one task.
        EXPECT_LE(*std::ranges::max_element(load), whole / ranks + 20);
    }
}

TEST(Deal, MoreRanksThanTasksLeavesRanksIdle) {
    const std::vector<double> costs{1, 1};
    const auto owners = assign_tasks(costs, 4);
    EXPECT_THAT(owners, ElementsAre(0, 1));
    EXPECT_TRUE(tasks_of(costs, owners, 3).empty());
}

}  // namespace
}  // namespace msunet::prepare
