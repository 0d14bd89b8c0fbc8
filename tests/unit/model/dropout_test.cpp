// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/dropout.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "msunet/core/random.hpp"

namespace msunet::model {
namespace {

/// The definition in dropout.hpp, word by word.
std::uint32_t word_by_definition(DropoutRate rate, DropoutKey key, std::uint32_t layer,
                                 std::uint32_t sample, std::uint32_t word) {
    std::uint32_t dropped = 0;
    bool started = false;
    for (std::uint32_t plane = 0; plane < 24; ++plane) {
        const bool set = ((rate.numerator() >> plane) & 1U) != 0;
        if (!set && !started) continue;
        started = true;
        const auto random =
            core::Philox::generate({word / 4, layer + 256 * plane, sample, key.step}, key.key);
        dropped = set ? dropped | random[word % 4] : dropped & random[word % 4];
    }
    return ~dropped;
}

TEST(Dropout, MasksAreAsDefined) {
    const DropoutKey key{dropout_key(3, 17), 40};
    for (const double rate : {0.5, 0.25, 0.1, 0.9}) {
        for (const std::int64_t words : {8, 64, 132, 5000}) {
            std::vector<std::uint32_t> bits(static_cast<std::size_t>(3 * words));
            dropout_bits(bits, words, DropoutRate(rate), key, 2, 5);
            for (std::size_t i = 0; i < bits.size(); ++i) {
                const auto sample = static_cast<std::uint32_t>(5 + i / words);
                const auto word = static_cast<std::uint32_t>(i % words);
                ASSERT_EQ(bits[i], word_by_definition(DropoutRate(rate), key, 2, sample, word))
                    << rate << " " << words << " " << i;
            }
        }
    }
}

TEST(Dropout, DropsWithItsRate) {
    const std::int64_t words = 40000;
    for (const double rate : {0.5, 0.3, 0.05}) {
        std::vector<std::uint32_t> bits(static_cast<std::size_t>(words));
        dropout_bits(bits, words, DropoutRate(rate), {dropout_key(1, 1), 0}, 0, 0);
        double kept = 0;
        for (const auto word : bits) kept += std::popcount(word);
        const double n = 32.0 * static_cast<double>(words);
        EXPECT_NEAR(kept / n, 1 - rate, 5 * std::sqrt(rate * (1 - rate) / n)) << rate;
    }
}

TEST(Dropout, DependsOnEverythingButTheSplit) {
    const auto draw = [](DropoutKey key, std::uint32_t layer, std::uint32_t first) {
        std::vector<std::uint32_t> bits(128);
        dropout_bits(bits, 64, DropoutRate(0.5), key, layer, first);
        return bits;
    };
    const DropoutKey key{dropout_key(1, 2), 3};
    const auto base = draw(key, 0, 0);
    EXPECT_NE(base, draw({dropout_key(2, 2), 3}, 0, 0));
    EXPECT_NE(base, draw({dropout_key(1, 3), 3}, 0, 0));
    EXPECT_NE(base, draw({key.key, 4}, 0, 0));
    EXPECT_NE(base, draw(key, 1, 0));
    // Sample 1 is the same wherever the part of its rank begins.
    const auto later = draw(key, 0, 1);
    EXPECT_TRUE(std::equal(base.begin() + 64, base.end(), later.begin()));
    EXPECT_FALSE(std::equal(base.begin(), base.begin() + 64, later.begin()));
}

TEST(Dropout, RatesAreMultiplesOfTwoToTheMinus24) {
    EXPECT_TRUE(DropoutRate(0).none());
    EXPECT_EQ(DropoutRate(0.5).numerator(), 1U << 23U);
    EXPECT_EQ(DropoutRate(0.5).keep_scale(), 2);
    EXPECT_NEAR(DropoutRate(0.1).keep_scale(), 1 / 0.9, 1e-7);
}

}  // namespace
}  // namespace msunet::model
