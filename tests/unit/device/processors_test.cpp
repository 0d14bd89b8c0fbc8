// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "msunet/device/compute.hpp"

namespace msunet::device {
namespace {

TEST(MixedProcessors, AreNamedWithTheirNodes) {
    EXPECT_FALSE(mixed_processors({"one"}, {"a"}));
    EXPECT_FALSE(mixed_processors({"one", "one"}, {"a", "b"}));
    EXPECT_EQ(mixed_processors({"one", "one", "other"}, {"a", "b", "c"}),
              "nodes have different processors (b: one; c: other): the last digits of a trial's "
              "results may depend on its node");
}

}  // namespace
}  // namespace msunet::device
