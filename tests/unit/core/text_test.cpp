// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace msunet::core {
namespace {

TEST(Concat, TakesAllKinds) {
    EXPECT_EQ(concat("a", 'b', std::string("c"), 1, -2L, 3U, true, 0.5, 0.1F),
              "abc1-23True0.50.10000000149011612");
    EXPECT_EQ(concat(std::filesystem::path("/x")), "/x");
    EXPECT_EQ(concat(), "");
}

TEST(Numbers, AsText) {
    EXPECT_EQ(fixed(0.92144, 4), "0.9214");
    EXPECT_EQ(general(0.000015, 3), "1.5e-05");
    EXPECT_EQ(thousands(1234567), "1,234,567");
    EXPECT_EQ(thousands(-123), "-123");
    EXPECT_EQ(thousands(-1234), "-1,234");
    EXPECT_EQ(thousands(0), "0");
    EXPECT_EQ(bytes_text(0), "0 B");
    EXPECT_EQ(bytes_text(999), "999 B");
    EXPECT_EQ(bytes_text(1500), "1.50 kB");
    EXPECT_EQ(bytes_text(29.1e6), "29.1 MB");
    EXPECT_EQ(bytes_text(999.9e6), "1.00 GB");
}

TEST(Quoted, ShowsControlCharacters) {
    EXPECT_EQ(quoted("a\nb"), "'a\\x0ab'");
    std::string text = "x";
    EXPECT_EQ(quoted(text), "'x'");
    EXPECT_EQ(quoted(std::string_view("é")), "'é'");
}

TEST(SplitJoinTrim, GoTogether) {
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
    EXPECT_EQ(join(std::vector<std::string>{"a", "b"}), "a, b");
    EXPECT_EQ(join(std::vector<std::string_view>{"a", "b"}, "|"), "a|b");
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim("  "), "");
}

TEST(Wrap, KeepsLinesShort) {
    EXPECT_EQ(wrap("aa bb  cc\ndd", 5), (std::vector<std::string>{"aa bb", "cc dd"}));
    EXPECT_EQ(wrap("abcdefgh ij", 4), (std::vector<std::string>{"abcdefgh", "ij"}));
    EXPECT_EQ(wrap("", 4), (std::vector<std::string>{""}));
}

TEST(ToInteger, TakesWholeTextsOnly) {
    EXPECT_EQ(to_integer(" 12 "), 12);
    EXPECT_EQ(to_integer("+12"), 12);
    EXPECT_EQ(to_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    for (const char* text : {"", "1.0", "12x", "+-1", "- 1", "9223372036854775808", "0x10"}) {
        EXPECT_FALSE(to_integer(text).has_value()) << text;
    }
}

TEST(ToDouble, TakesPythonsForms) {
    EXPECT_EQ(to_double(".5"), 0.5);
    EXPECT_EQ(to_double("5."), 5.0);
    EXPECT_EQ(to_double("+1e-3"), 0.001);
    EXPECT_EQ(to_double("inf"), std::numeric_limits<double>::infinity());
    for (const char* text : {"", "e5", "1e", "1,5", "1 2", "."}) {
        EXPECT_FALSE(to_double(text).has_value()) << text;
    }
}

TEST(ToBool, TakesTheContractsWords) {
    for (const char* text : {"True", "true", "1", "yes", "TRUE"}) EXPECT_EQ(to_bool(text), true);
    for (const char* text : {"False", "false", "0", "no"}) EXPECT_EQ(to_bool(text), false);
    for (const char* text : {"", "2", "on", "maybe"}) EXPECT_FALSE(to_bool(text).has_value());
}

TEST(MeansNone, InAnyCase) {
    for (const char* text : {"none", "None", " NULL "}) EXPECT_TRUE(means_none(text)) << text;
    for (const char* text : {"", "0", "nothing"}) EXPECT_FALSE(means_none(text)) << text;
}

TEST(NormalName, MakesSpellingsEqual) {
    EXPECT_EQ(plain_name(" Batch Size"), "batchsize");
    EXPECT_EQ(plain_name("batch-size"), "batchsize");
    EXPECT_EQ(plain_name("BATCH_SIZE"), "batchsize");
}

TEST(EditDistance, CountsSlips) {
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("lr", "rl"), 1U);
    EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(NearestName, FindsSlipsAndBeginnings) {
    const std::vector<std::string> names{"lr", "batch_size", "which_layer", "validation_split"};
    EXPECT_EQ(nearest_name("batchsize", names), "batch_size");
    EXPECT_EQ(nearest_name("wich layer", names), "which_layer");
    EXPECT_EQ(nearest_name("valid", names), "validation_split");
    EXPECT_EQ(nearest_name("LR", names), "lr");
    EXPECT_FALSE(nearest_name("q", names).has_value());
    EXPECT_FALSE(nearest_name("momentum", names).has_value());
    EXPECT_FALSE(nearest_name("", names).has_value());
    EXPECT_FALSE(nearest_name(std::string(100000, 'a'), names).has_value());
    EXPECT_EQ(did_you_mean("lrr", names), ", did you mean 'lr'?");
    EXPECT_EQ(did_you_mean("momentum", names), "");
}

}  // namespace
}  // namespace msunet::core
