// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/quantity.hpp"

#include <gtest/gtest.h>

namespace msunet::core {
namespace {

TEST(WithPrefix, HasThreeDigitsAlsoWhereRoundingAddsOne) {
    EXPECT_EQ(with_prefix(0, "B"), "0 B");
    EXPECT_EQ(with_prefix(999.4, "B"), "999 B");
    EXPECT_EQ(with_prefix(999.6, "B"), "1.00 kB");
    EXPECT_EQ(with_prefix(9.994e9, "flop/s"), "9.99 Gflop/s");
    EXPECT_EQ(with_prefix(9.996e9, "flop/s"), "10.0 Gflop/s");
    EXPECT_EQ(with_prefix(99.96e9, "flop/s"), "100 Gflop/s");
    EXPECT_EQ(with_prefix(2.5e15, "B"), "2500 TB");
}

}  // namespace
}  // namespace msunet::core
