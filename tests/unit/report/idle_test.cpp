// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/idle.hpp"

#include <gtest/gtest.h>

namespace msunet::report {
namespace {

record::Start start(std::int64_t ranks, std::int64_t group) {
    record::Start start;
    start.world.ranks = ranks;
    start.world.group_size = group;
    return start;
}

TEST(Idle, IsTheShareOfTheGroupsTimeBetweenTheFirstTrialAndTheLast) {
    record::SweepRecord record;
    EXPECT_FALSE(idle_fraction(record));
    record.starts = {start(2, 1), start(4, 4)};
    EXPECT_FALSE(idle_fraction(record));
    // Two groups for 10 s, of which 5 are idle; then one group that is never idle. The time between
    // the starts does not count.
    record.timeline = {{0, 0, 0, 100, 110, {}}, {1, 1, 0, 100, 105, {}}, {2, 0, 1, 500, 520, {}}};
    EXPECT_DOUBLE_EQ(idle_fraction(record).value(), 5.0 / 40);
    record.start.merged_shards = 2;
    EXPECT_FALSE(idle_fraction(record)) << "shards run apart: the time between them is nobody's";
}

TEST(RunSeconds, LeavesOutTheTimeBetweenStarts) {
    record::SweepRecord record;
    record.starts = {start(1, 1), start(1, 1)};
    record.starts[0].from = 100;
    record.starts[0].to = 110;
    record.starts[1].from = 500;
    record.starts[1].to = 507;
    EXPECT_DOUBLE_EQ(run_seconds(record, 1000), 17);
    EXPECT_DOUBLE_EQ(run_seconds(record, 505), 15)
        << "what comes after the last result is left out";
}

}  // namespace
}  // namespace msunet::report
