// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace msunet::core {
namespace {

// The known answers of Random123's file kat_vectors for philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
    using Counter = Philox::Counter;
    EXPECT_EQ(Philox::generate({0, 0, 0, 0}, 0),
              (Counter{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
    constexpr std::uint32_t ones = 0xFFFFFFFF;
    EXPECT_EQ(Philox::generate({ones, ones, ones, ones}, ~std::uint64_t{0}),
              (Counter{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
    EXPECT_EQ(
        Philox::generate({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, 0x299F31D0'A4093822),
        (Counter{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

TEST(DeriveSeed, PathsDiffer) {
    const std::set<std::uint64_t> seeds{
        derive_seed(1, {}),     derive_seed(1, {0}),
        derive_seed(1, {0, 0}), derive_seed(1, {1}),
        derive_seed(1, {1, 2}), derive_seed(1, {2, 1}),
        derive_seed(2, {1, 2}), derive_seed(1, {seed_label("rotation")})};
    EXPECT_EQ(seeds.size(), 8U);
    EXPECT_EQ(derive_seed(5, {6, 7}), derive_seed(5, {6, 7}));
}

TEST(RandomStream, IsTheCounterSequence) {
    RandomStream stream(0);
    EXPECT_EQ(stream.next_u32(), 0x6627E8D5U);
    EXPECT_EQ(stream.next_u32(), 0xE169C58DU);
    EXPECT_EQ(stream.next_u64(), 0x9B00DBD8BC57AC4CU);
    const Philox::Counter second = Philox::generate({1, 0, 0, 0}, 0);
    EXPECT_EQ(stream.next_u32(), second[0]);
}

TEST(RandomStream, UniformHasTheRightMoments) {
    RandomStream stream(1);
    constexpr int n = 200000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; ++i) {
        const double u = stream.uniform();
        ASSERT_GE(u, 0.0);
        ASSERT_LT(u, 1.0);
        sum += u;
        squares += u * u;
    }
    // Five standard errors: sqrt(1/12/n) and sqrt(4/45/n).
    EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
    EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(RandomStream, NormalHasTheRightMoments) {
    RandomStream stream(2);
    constexpr int n = 200000;
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (int i = 0; i < n; ++i) {
        const double x = stream.normal();
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
    }
    EXPECT_NEAR(sum / n, 0.0, 5 * std::sqrt(1.0 / n));
    EXPECT_NEAR(squares / n, 1.0, 5 * std::sqrt(2.0 / n));
    EXPECT_NEAR(fourth / n, 3.0, 5 * std::sqrt(96.0 / n));
}

TEST(RandomStream, TruncatedNormalStaysWithinTwo) {
    RandomStream stream(3);
    constexpr int n = 100000;
    double squares = 0;
    for (int i = 0; i < n; ++i) {
        const double x = stream.truncated_normal();
        ASSERT_LE(std::abs(x), 2.0);
        squares += x * x;
    }
    // Its deviation, as Keras's VarianceScaling uses it.
    EXPECT_NEAR(std::sqrt(squares / n), 0.8796256610342398, 0.005);
}

TEST(RandomStream, BelowIsEven) {
    RandomStream stream(4);
    constexpr std::uint64_t sides = 7;
    constexpr int n = 70000;
    std::array<int, sides> counts{};
    for (int i = 0; i < n; ++i) ++counts.at(stream.below(sides));
    double chi2 = 0;
    for (const int count : counts) chi2 += std::pow(count - n / 7.0, 2) / (n / 7.0);
    // The 99.99 % point of chi-squared with 6 degrees of freedom.
    EXPECT_LT(chi2, 27.9);
    EXPECT_EQ(stream.below(1), 0U);
}

TEST(RandomStream, BelowRejectsTheUnevenRest) {
    // With n = 2^63 + 1 the first 2^64 mod n = 2^63 - 1 values are rejected, nearly half of all.
    RandomStream stream(5), words(5);
    const std::uint64_t n = (std::uint64_t{1} << 63U) + 1;
    int rejected = 0;
    for (int i = 0; i < 1000; ++i) {
        std::uint64_t draw = words.next_u64();
        for (; draw < n - 2; draw = words.next_u64()) ++rejected;
        EXPECT_EQ(stream.below(n), draw % n);
    }
    EXPECT_GT(rejected, 500);
}

TEST(RandomStream, PermutationHoldsEveryNumberOnce) {
    RandomStream stream(6);
    std::vector<std::uint32_t> order = stream.permutation(1000);
    EXPECT_NE(order.front(), 0U);
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(order[i], i);
    EXPECT_TRUE(stream.permutation(0).empty());
}

TEST(RandomStream, ShufflesAreEven) {
    std::array<int, 6> counts{};
    for (std::uint64_t seed = 0; seed < 12000; ++seed) {
        RandomStream stream(derive_seed(9, {seed}));
        const auto order = stream.permutation(3);
        ++counts.at(order[0] * 2 + (order[1] > order[2] ? 1 : 0));
    }
    for (const int count : counts) EXPECT_NEAR(count, 2000, 5 * std::sqrt(2000 * 5.0 / 6));
}

TEST(RandomStream, ChanceTakesTheProbability) {
    RandomStream stream(7);
    int hits = 0;
    for (int i = 0; i < 10000; ++i) hits += stream.chance(0.3) ? 1 : 0;
    EXPECT_NEAR(hits, 3000, 5 * std::sqrt(2100));
    EXPECT_FALSE(stream.chance(0));
    EXPECT_TRUE(stream.chance(1));
}

}  // namespace
}  // namespace msunet::core
