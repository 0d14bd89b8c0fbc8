// SPDX-License-Identifier: Apache-2.0
#include "measure/bench_table.hpp"

#include <gmock/gmock.h>

namespace msunet::measure {
namespace {

using testing::HasSubstr;
using testing::Not;

BenchTiming timing(std::string name, std::vector<double> seconds) {
    return {std::move(name), {std::move(seconds), 8}};
}

BenchFigures figures() {
    BenchFigures figures;
    figures.setting = "patches of 64×64";
    figures.timings = {timing("real", {0.3, 0.1, 0.2}), timing("dummy", {0.16, 0.16})};
    figures.inference = timing("real, inference", {0.05});
    figures.sections.emplace();
    figures.sections->at(static_cast<std::size_t>(train::Section::convolution_forward)) = 0.06;
    figures.sections->at(static_cast<std::size_t>(train::Section::optimizer)) = 0.02;
    figures.memory = 3e8;
    return figures;
}

TEST(BenchTable, RateIsThatOfTheMedianStep) {
    EXPECT_DOUBLE_EQ(timing("x", {0.3, 0.1, 0.2}).median(), 0.2);
    EXPECT_DOUBLE_EQ(timing("x", {0.4, 0.1, 0.2, 0.3}).median(), 0.25);
    EXPECT_DOUBLE_EQ(timing("x", {0.3, 0.1, 0.2}).samples_per_second(), 40);
    EXPECT_EQ(timing("x", {}).samples_per_second(), 0);
}

TEST(BenchTable, RealStepsAreComparedWithDummyOnes) {
    EXPECT_NEAR(percent_longer(timing("real", {0.2}), timing("dummy", {0.16})), 25, 1e-9);
    EXPECT_NEAR(percent_longer(timing("real", {0.12}), timing("dummy", {0.16})), -25, 1e-9);
    EXPECT_THAT(format_bench_table(figures()), HasSubstr("take 25.0 % more time than on dummy"));
}

TEST(BenchTable, SharesAreOfAllSections) {
    const auto text = format_bench_table(figures());
    EXPECT_THAT(text, testing::ContainsRegex("convolutions, forward +60.00 +75.0 %"));
    EXPECT_THAT(text, testing::ContainsRegex("optimiser +20.00 +25.0 %"));
    EXPECT_THAT(text, HasSubstr("memory: 300 MB"));
}

TEST(BenchTable, PartsOfAStepAreGroupedForThePage) {
    train::SectionSeconds sections{};
    sections.at(static_cast<std::size_t>(train::Section::cutting)) = 0.5;
    sections.at(static_cast<std::size_t>(train::Section::convolution_backward)) = 0.25;
    const auto parts = step_parts(sections);
    ASSERT_EQ(parts.size(), train::section_count);
    EXPECT_EQ(parts[0].group, "convolutions");
    EXPECT_EQ(parts[1].name, "convolutions, backward");
    EXPECT_EQ(parts[1].seconds, 0.25);
    EXPECT_EQ(parts[5].name, "cutting batches");
    EXPECT_EQ(parts[5].seconds, 0.5);
    EXPECT_EQ(parts.back().group, "all-reduce, waiting included");
}

TEST(BenchTable, SaysWhatIsMissing) {
    auto some = figures();
    some.timings.erase(some.timings.begin());
    some.sections.reset();
    some.notices = {"this processor is slow"};
    const auto text = format_bench_table(some);
    EXPECT_THAT(text, HasSubstr("dummy samples alone"));
    EXPECT_THAT(text, HasSubstr("note: this processor is slow"));
    EXPECT_THAT(text, Not(HasSubstr("where a step's time goes")));
}

}  // namespace
}  // namespace msunet::measure
