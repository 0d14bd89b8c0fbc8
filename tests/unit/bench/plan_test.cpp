// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/plan.hpp"

#include <gmock/gmock.h>

namespace msunet::bench {
namespace {

using Ranks = std::vector<int>;

TEST(PlanCounts, DoublesOnANodeAndEndsWithAllOfIt) {
    const std::vector<Ranks> nodes{{0, 1, 2, 3, 4, 5}};
    EXPECT_THAT(plan_counts(nodes),
                testing::ElementsAre(Count{{0}, 1}, Count{{0, 1}, 1}, Count{{0, 1, 2, 3}, 1},
                                     Count{{0, 1, 2, 3, 4, 5}, 1}));
}

TEST(PlanCounts, FillsANodeBeforeTheNextAndThenDoublesNodes) {
    // Ranks are dealt to the nodes in turn, as srun may do.
    const std::vector<Ranks> nodes{{0, 3}, {1, 4}, {2, 5}};
    EXPECT_THAT(plan_counts(nodes),
                testing::ElementsAre(Count{{0}, 1}, Count{{0, 3}, 1}, Count{{0, 3, 1, 4}, 2},
                                     Count{{0, 3, 1, 4, 2, 5}, 3}));
}

TEST(PlanCounts, NodesMayHaveDifferentNumbersOfRanks) {
    const std::vector<Ranks> nodes{{0}, {1, 2, 3}};
    EXPECT_THAT(plan_counts(nodes), testing::ElementsAre(Count{{0}, 1}, Count{{0, 1, 2, 3}, 2}));
}

TEST(PlanCounts, NodesWithoutRanksAreLeftOut) {
    const std::vector<Ranks> nodes{{}, {1, 2}, {}};
    EXPECT_THAT(plan_counts(nodes), testing::ElementsAre(Count{{1}, 1}, Count{{1, 2}, 1}));
    EXPECT_TRUE(plan_counts(std::vector<Ranks>{{}}).empty());
}

}  // namespace
}  // namespace msunet::bench
