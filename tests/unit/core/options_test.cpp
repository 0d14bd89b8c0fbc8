// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/options.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace msunet::core {
namespace {

struct Sample {
    bool flag = true;
    std::int64_t count = 3;
    double rate = 0.5;
    std::string name = "x";
    std::optional<double> limit;
    std::vector<std::string> items{"a", "b"};
};

void describe(OptionVisitor& visitor, Sample& sample) {
    visitor.visit({.name = "flag", .affects = Affects::data}, sample.flag);
    visitor.visit({.name = "count", .affects = Affects::result}, sample.count);
    visitor.visit({.name = "rate", .affects = Affects::run}, sample.rate);
    visitor.visit({.name = "name"}, sample.name);
    visitor.visit({.name = "limit"}, sample.limit);
    visitor.visit({.name = "items"}, sample.items);
}

TEST(TextCollector, ListsEveryOptionInOrder) {
    Sample sample;
    TextCollector collector;
    describe(collector, sample);
    const std::vector<OptionText> expected{
        {"flag", "True", Affects::data},    {"count", "3", Affects::result},
        {"rate", "0.5", Affects::run},      {"name", "x", Affects::result},
        {"limit", "none", Affects::result}, {"items", "a, b", Affects::result}};
    EXPECT_EQ(collector.texts(), expected);
}

TEST(RangeText, IsMadeFromTheLimits) {
    EXPECT_EQ(range_text({.min = 0, .max = 1, .max_open = true}), "[0,1)");
    EXPECT_EQ(range_text({.min = 0, .min_open = true}), "(0,inf)");
    EXPECT_EQ(range_text({.max = 0.5}), "(-inf,0.5]");
    EXPECT_EQ(range_text({.min = 32, .multiple_of = 32}), "a multiple of 32 in [32,inf)");
    EXPECT_EQ(range_text({.choices = {"a", "b"}}), "a, b");
    EXPECT_EQ(range_text({.range = "files", .min = 1}), "files");
    EXPECT_EQ(range_text({}), "");
}

TEST(ProblemWith, ChecksOpenAndClosedLimits) {
    const OptionInfo info{.name = "v", .min = 0, .max = 1, .max_open = true};
    EXPECT_FALSE(problem_with(info, 0.0).has_value());
    EXPECT_FALSE(problem_with(info, std::nextafter(1.0, 0.0)).has_value());
    EXPECT_EQ(problem_with(info, 1.0), "'--v' is '1.0', allowed is [0,1)");
    EXPECT_TRUE(problem_with(info, -0.1).has_value());
    EXPECT_TRUE(problem_with(info, std::nan("")).has_value());
    EXPECT_TRUE(problem_with({.name = "w"}, std::numeric_limits<double>::infinity()).has_value());
}

TEST(ProblemWith, ChecksMultiples) {
    const OptionInfo info{.name = "patch", .min = 32, .multiple_of = 32};
    EXPECT_FALSE(problem_with(info, std::int64_t{64}).has_value());
    EXPECT_EQ(problem_with(info, std::int64_t{48}),
              "'--patch' is '48', allowed is a multiple of 32 in [32,inf)");
    EXPECT_TRUE(problem_with(info, std::int64_t{0}).has_value());
}

TEST(ProblemWith, NamesTheNearestChoice) {
    const OptionInfo info{.name = "precision", .choices = {"auto", "float32", "bf16"}};
    EXPECT_FALSE(problem_with(info, std::string("bf16")).has_value());
    EXPECT_EQ(problem_with(info, std::string("flot32")),
              "'--precision' is 'flot32', allowed is auto, float32, bf16, did you mean 'float32'?");
}

}  // namespace
}  // namespace msunet::core
