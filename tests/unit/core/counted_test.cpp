// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/counted.hpp"

#include <gtest/gtest.h>

namespace msunet::core {
namespace {

TEST(Counted, OneIsSingular) {
    EXPECT_EQ(counted(0, "trial"), "0 trials");
    EXPECT_EQ(counted(1, "trial"), "1 trial");
    EXPECT_EQ(counted(2, "trial"), "2 trials");
    EXPECT_EQ(counted(1, "entry that is", "entries that are"), "1 entry that is");
    EXPECT_EQ(counted(2, "entry that is", "entries that are"), "2 entries that are");
}

}  // namespace
}  // namespace msunet::core
