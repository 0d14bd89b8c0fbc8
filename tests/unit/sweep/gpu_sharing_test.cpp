// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/gpu_sharing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "msunet/sweep/options.hpp"

namespace msunet::sweep {
namespace {

using testing::ElementsAre;

constexpr std::int64_t gigabyte = 1'000'000'000;

std::int64_t chosen(std::vector<double> rates, std::int64_t free = 100, std::int64_t trial = 1) {
    return choose_sharing({.free_bytes = free, .trial_bytes = trial, .rates = std::move(rates)})
        .trials;
}

TEST(GpuSharing, ATenthOfTheMemoryStaysFree) {
    EXPECT_EQ(trials_in_memory(100, 30), 3);
    EXPECT_EQ(trials_in_memory(100, 31), 2);
    EXPECT_EQ(trials_in_memory(100, 200), 1);
    EXPECT_EQ(trials_in_memory(0, 5), 1);
    EXPECT_EQ(trials_in_memory(100, 0), 1) << "unknown";
}

TEST(GpuSharing, TheFewestTrialsOfNearlyTheHighestRateAreChosen) {
    EXPECT_EQ(chosen({100, 180, 240, 245}), 3);
    EXPECT_EQ(chosen({100, 99}), 1);
    EXPECT_EQ(chosen({100, 105}), 1);
    EXPECT_EQ(chosen({100, 106}), 2);
    EXPECT_EQ(chosen({100, 150, 130, 200}), 4);
}

TEST(GpuSharing, WhatDoesNotFitOrFailsIsNotChosen) {
    EXPECT_EQ(chosen({100, 200, 300}, 100, 40), 2);
    EXPECT_EQ(chosen({100, 200, 0}), 2);
    EXPECT_EQ(chosen({0}), 1);
    EXPECT_EQ(chosen({0, 0, 0}), 1);
    EXPECT_EQ(chosen({}), 1);
    EXPECT_EQ(chosen({100, 200}, 100, 0), 1) << "unknown memory";
}

/// For random facts: the choice fits, was measured, and no smaller number is as good.
TEST(GpuSharing, ItsRuleHoldsForAllFacts) {
    for (int seed = 0; seed < 500; ++seed) {
        SharingFacts facts{.free_bytes = seed % 37, .trial_bytes = seed % 11};
        for (int i = 0; i <= seed % 8; ++i) facts.rates.push_back((seed * 31 + i * i * 57) % 101);
        const auto choice = choose_sharing(facts);
        const auto fits =
            std::min<std::int64_t>(trials_in_memory(facts.free_bytes, facts.trial_bytes),
                                   static_cast<std::int64_t>(facts.rates.size()));
        ASSERT_GE(choice.trials, 1);
        ASSERT_LE(choice.trials, fits);
        const double best = *std::max_element(facts.rates.begin(), facts.rates.begin() + fits);
        if (best <= 0) continue;
        for (std::int64_t n = 1; n <= choice.trials; ++n) {
            const bool is_good = facts.rates[static_cast<std::size_t>(n - 1)] >= 0.95 * best;
            ASSERT_EQ(is_good, n == choice.trials) << seed;
        }
    }
}

TEST(GpuSharing, TheReasonHasWhatWasMeasured) {
    const auto choice = choose_sharing(
        {.free_bytes = 20 * gigabyte, .trial_bytes = 2 * gigabyte, .rates = {812.4, 1400, 0}});
    EXPECT_EQ(choice.reason,
              "1 at once 812 samples/s, 2: 1400, 3: failed; a trial takes 2.00 GB of 20.0 GB");
}

TEST(GpuSharing, TheOptionIsAutoOrANumber) {
    TrialsPerGpu trials;
    EXPECT_EQ(to_text(trials), "1");
    for (const char* text : {"auto", "1", "12"}) {
        ASSERT_TRUE(from_text(text, trials)) << text;
        EXPECT_EQ(trials.number.has_value(), text != std::string("auto"));
        EXPECT_EQ(to_text(trials), text);
    }
    for (const char* text : {"", "0", "-1", "1.5", "node", "Auto"}) {
        EXPECT_FALSE(from_text(text, trials)) << text;
    }
}

/// GPUs whose rates are given.
class NotedMeter final : public SharingMeter {
public:
    NotedMeter(std::vector<double> rates, std::int64_t free, std::int64_t trial)
        : rates_(std::move(rates)), free_(free), trial_(trial) {}
    std::int64_t free_bytes() override { return free_; }
    double rate(std::int64_t trials) override {
        measured.push_back(trials);
        return rates_.at(static_cast<std::size_t>(trials - 1));
    }
    std::int64_t trial_bytes() override { return measured.empty() ? -1 : trial_; }

    std::vector<std::int64_t> measured;

private:
    std::vector<double> rates_;
    std::int64_t free_, trial_;
};

TEST(GpuSharing, NoMoreIsMeasuredThanIsOfUse) {
    NotedMeter rising({100, 190, 260, 300}, 100, 1);
    EXPECT_EQ(measure_sharing(rising, 4).trials, 4);
    EXPECT_THAT(rising.measured, ElementsAre(1, 2, 3, 4));
    NotedMeter flat({100, 190, 192, 300}, 100, 1);
    EXPECT_EQ(measure_sharing(flat, 4).trials, 2);
    EXPECT_THAT(flat.measured, ElementsAre(1, 2, 3));
    NotedMeter full({100, 190, 260}, 100, 40);
    EXPECT_EQ(measure_sharing(full, 3).trials, 2);
    EXPECT_THAT(full.measured, ElementsAre(1, 2));
    NotedMeter few({100, 190, 260}, 100, 1);
    EXPECT_EQ(measure_sharing(few, 2).trials, 2);
    EXPECT_THAT(few.measured, ElementsAre(1, 2));
    NotedMeter failing({0, 100}, 100, 1);
    EXPECT_EQ(measure_sharing(failing, 2).trials, 1);
    EXPECT_THAT(failing.measured, ElementsAre(1));
}

}  // namespace
}  // namespace msunet::sweep
