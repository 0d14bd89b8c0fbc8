// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/results.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace msunet::bench {
namespace {

Measurement measured(std::string benchmark, std::string variant, int ranks, double amount) {
    Measurement one;
    one.benchmark = std::move(benchmark);
    one.variant = std::move(variant);
    one.ranks = ranks;
    one.seconds = 1;
    one.amount = amount;
    return one;
}

Results results() {
    Results results;
    results.machine = R"({"processor": "x"})";
    results.options = {{"steps", "20"}};
    results.work = {.flops_per_sample = 100, .bytes_per_sample = 10, .bytes_per_step = 80};
    results.batch_size = 16;
    results.measurements = {measured("limits", "multiply-add", 2, 50000),
                            measured("limits", "triad", 2, 1000),
                            measured("group", "strong", 2, 40), measured("group", "weak", 2, 60),
                            measured("group", "strong", 4, 70)};
    results.measurements[2].parts = {{"optimiser", "rest", 0.5}};
    return results;
}

TEST(Roofline, HasPointsWhereTheLimitsWereMeasured) {
    const auto all = results();
    const auto points = roofline(all, summarise(all.measurements));
    ASSERT_EQ(points.size(), 2U);
    // Strong: a rank has 8 of the 16 samples: 800 operations for 80 + 80 bytes.
    EXPECT_DOUBLE_EQ(points[0].intensity, 5);
    EXPECT_DOUBLE_EQ(points[0].flops, 4000);
    EXPECT_DOUBLE_EQ(points[0].attainable(), 5000);
    // Weak: 16 samples a rank, 1600 operations for 240 bytes.
    EXPECT_DOUBLE_EQ(points[1].intensity, 1600.0 / 240);
}

TEST(Roofline, HasNoPointsWhereTheWorkIsUnknown) {
    auto all = results();
    all.work = {};
    EXPECT_TRUE(roofline(all, summarise(all.measurements)).empty());
}

TEST(Roofline, ThePeakIsALimitToo) {
    RooflinePoint point;
    point.intensity = 5;
    point.bandwidth = 1000;
    point.peak = 2000;
    EXPECT_DOUBLE_EQ(point.attainable(), 2000);
}

TEST(ResultsJson, HasMachineOptionsAndAllRows) {
    const auto json = nlohmann::json::parse(json_text(results()));
    EXPECT_EQ(json["machine"]["processor"], "x");
    EXPECT_EQ(json["options"]["steps"], "20");
    EXPECT_EQ(json["measurements"].size(), 5U);
    EXPECT_EQ(json["summaries"].size(), 5U);
    EXPECT_EQ(json["roofline"].size(), 2U);
    ASSERT_EQ(json["step_parts"].size(), 1U);
    EXPECT_EQ(json["step_parts"][0]["benchmark"], "group");
    EXPECT_EQ(json["step_parts"][0]["variant"], "strong");
    EXPECT_EQ(json["step_parts"][0]["parts"][0],
              nlohmann::json({{"name", "optimiser"}, {"group", "rest"}, {"seconds", 0.5}}));
    EXPECT_TRUE(json["summaries"][0]["reduction_share"].is_null());
}

}  // namespace
}  // namespace msunet::bench
