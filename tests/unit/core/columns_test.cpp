// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/columns.hpp"

#include <gmock/gmock.h>

#include "msunet/core/text.hpp"

namespace msunet::core {
namespace {

using ::testing::ElementsAre;

TEST(Columns, CountCharactersNotBytes) {
    EXPECT_EQ(display_width("Mäuse"), 5U);
    EXPECT_EQ(pad_left("ä", 3), "  ä");
    EXPECT_EQ(shorten("Mäusehirn", 7), "Mäus...");
    EXPECT_EQ(break_lines("a bb ccc", 4), (std::vector<std::string>{"a bb", "ccc"}));
    EXPECT_EQ(break_lines("aaaaaa", 4), (std::vector<std::string>{"aaaa", "aa"}));
    EXPECT_EQ(break_lines("", 4), std::vector<std::string>{""});
}

TEST(Columns, WordsAreWrappedByCharacters) {
    EXPECT_THAT(wrap("größer kürzer", 13), ElementsAre("größer kürzer"));
    EXPECT_THAT(wrap("größer kürzer", 12), ElementsAre("größer", "kürzer"));
}

}  // namespace
}  // namespace msunet::core
