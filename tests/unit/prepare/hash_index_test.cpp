// SPDX-License-Identifier: Apache-2.0
#include "prepare/hash_index.hpp"

#include <gtest/gtest.h>

namespace msunet::prepare {
namespace {

TEST(HashIndex, FindsWhatIsUnchangedAlone) {
    HashIndex index;
    const FileState state{.size = 10, .modified = 5, .changed = 6};
    index.remember("/a b/c.nii", state, "abc");
    EXPECT_EQ(index.find("/a b/c.nii", state), "abc");
    EXPECT_FALSE(index.find("/a b/d.nii", state));
    EXPECT_FALSE(index.find("/a b/c.nii", {.size = 11, .modified = 5, .changed = 6}));
    EXPECT_FALSE(index.find("/a b/c.nii", {.size = 10, .modified = 6, .changed = 6}));
    EXPECT_FALSE(index.find("/a b/c.nii", {.size = 10, .modified = 5, .changed = 7}));
}

TEST(HashIndex, SurvivesItsTextAndGarbage) {
    HashIndex index;
    const FileState state{.size = 10, .modified = -5, .changed = 6};
    index.remember("/a b/ c.nii", state, "abc");
    index.remember("/line\nend.nii", state, "abc");
    const HashIndex read("garbage\n\n1 2\n" + index.text() + "cut off 3");
    EXPECT_EQ(read.text(), index.text());
    EXPECT_EQ(read.find("/a b/ c.nii", state), "abc");
}

}  // namespace
}  // namespace msunet::prepare
