// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/plan.hpp"

#include <gmock/gmock.h>

namespace msunet::bench {
namespace {

using Ranks = std::vector<int>;

TEST(PlanRankSets, DoublesOnANodeAndEndsWithAllOfIt) {
    const std::vector<Ranks> nodes{{0, 1, 2, 3, 4, 5}};
    EXPECT_THAT(plan_rank_sets(nodes),
                testing::ElementsAre(RankSet{{0}, {1}}, RankSet{{0, 1}, {2}},
                                     RankSet{{0, 1, 2, 3}, {4}}, RankSet{{0, 1, 2, 3, 4, 5}, {6}}));
}

TEST(PlanRankSets, FillsANodeBeforeTheNextAndThenDoublesNodes) {
    // Ranks are dealt to the nodes in turn, as srun may do.
    const std::vector<Ranks> nodes{{0, 3}, {1, 4}, {2, 5}};
    EXPECT_THAT(
        plan_rank_sets(nodes),
        testing::ElementsAre(RankSet{{0}, {1}}, RankSet{{0, 3}, {2}}, RankSet{{0, 3, 1, 4}, {2, 2}},
                             RankSet{{0, 3, 1, 4, 2, 5}, {2, 2, 2}}));
}

TEST(PlanRankSets, NodesMayHaveDifferentNumbersOfRanks) {
    const std::vector<Ranks> nodes{{0}, {1, 2, 3}};
    const auto sets = plan_rank_sets(nodes);
    EXPECT_THAT(sets, testing::ElementsAre(RankSet{{0}, {1}}, RankSet{{0, 1, 2, 3}, {1, 3}}));
    EXPECT_EQ(sets[1].nodes(), 2);
    EXPECT_EQ(sets[1].ranks_beside(0), 1);
    EXPECT_EQ(sets[1].ranks_beside(1), 3);
    EXPECT_EQ(sets[1].ranks_beside(3), 3);
}

TEST(PlanRankSets, NodesWithoutRanksAreLeftOut) {
    const std::vector<Ranks> nodes{{}, {1, 2}, {}};
    EXPECT_THAT(plan_rank_sets(nodes),
                testing::ElementsAre(RankSet{{1}, {1}}, RankSet{{1, 2}, {2}}));
    EXPECT_TRUE(plan_rank_sets(std::vector<Ranks>{{}}).empty());
}

/// Whether each rank reads what a rank of another node wrote, each part once.
bool all_read_from_other_nodes(const RankSet& set) {
    std::vector<int> node_of;
    for (int node = 0; node < set.nodes(); ++node) {
        node_of.insert(node_of.end(), static_cast<std::size_t>(set.per_node[node]), node);
    }
    for (int place = 0; place < set.size(); ++place) {
        const int other = (place + set.reading_shift()) % set.size();
        if (node_of[place] == node_of[other]) return false;
    }
    return true;
}

TEST(ReadingShift, IsToAnotherNodeAlsoWhereNodesDiffer) {
    EXPECT_TRUE(all_read_from_other_nodes({{0, 1, 2, 3}, {2, 2}}));
    EXPECT_TRUE(all_read_from_other_nodes({{0, 1, 2, 3, 4, 5}, {1, 3, 2}}));
    EXPECT_TRUE(all_read_from_other_nodes({{0, 1, 2, 3, 4, 5, 6, 7}, {4, 1, 3}}));
    EXPECT_EQ((RankSet{{0, 1, 2}, {3}}.reading_shift()), 1);
}

}  // namespace
}  // namespace msunet::bench
