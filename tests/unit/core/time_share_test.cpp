// SPDX-License-Identifier: Apache-2.0
// How often work may be done that has a share of the time.

#include "msunet/core/time_share.hpp"

#include <gtest/gtest.h>

namespace msunet::core {
namespace {

TEST(TimeShare, AllowsTheFirstPieceAtOnce) { EXPECT_TRUE(TimeShare(0.01).allows(0)); }

TEST(TimeShare, WaitsUntilAPieceIsTheShareOfTheTime) {
    TimeShare share(0.25);
    share.spent(100, 103);
    EXPECT_FALSE(share.allows(111.5));
    EXPECT_TRUE(share.allows(112));
}

TEST(TimeShare, KeepsAnInterval) {
    TimeShare share(0.5, 5);
    share.spent(100, 101);
    EXPECT_FALSE(share.allows(104));
    EXPECT_TRUE(share.allows(105));
    share.spent(105, 111);
    EXPECT_FALSE(share.allows(116));
    EXPECT_TRUE(share.allows(117));
}

TEST(TimeShare, HoldsOverManyPieces) {
    TimeShare share(0.01);
    double now = 0;
    double cost = 0;
    for (int i = 0; i < 100'000; ++i, now += 0.5) {
        if (!share.allows(now)) continue;
        const double piece = 0.1 + 0.01 * (i % 7);
        share.spent(now, now + piece);
        cost += piece;
    }
    EXPECT_LE(cost, 0.01 * now + 0.2);
    EXPECT_GE(cost, 0.009 * now);
}

}  // namespace
}  // namespace msunet::core
