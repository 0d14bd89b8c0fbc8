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
}

}  // namespace
}  // namespace msunet::report
