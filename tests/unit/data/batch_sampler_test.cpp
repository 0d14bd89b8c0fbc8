// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/batch_sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace msunet::data {
namespace {

/// `count` sample ids that are not their own positions.
std::vector<std::uint32_t> ids(std::uint32_t count) {
    std::vector<std::uint32_t> samples(count);
    for (std::uint32_t i = 0; i < count; ++i) samples[i] = 3 * i + 7;
    return samples;
}

std::vector<std::uint32_t> copy(std::span<const std::uint32_t> values) {
    return {values.begin(), values.end()};
}

TEST(ShareOf, IsContiguousAndSizesDifferByOneAtMost) {
    for (std::size_t count = 0; count < 40; ++count) {
        for (int ranks = 1; ranks <= 7; ++ranks) {
            std::size_t next = 0;
            for (int rank = 0; rank < ranks; ++rank) {
                const Share share = share_of(count, rank, ranks);
                EXPECT_EQ(share.begin, next);
                EXPECT_GE(share.count, count / static_cast<std::size_t>(ranks));
                EXPECT_LE(share.count, count / static_cast<std::size_t>(ranks) + 1);
                next += share.count;
            }
            EXPECT_EQ(next, count);
        }
    }
}

TEST(BatchSampler, VisitsEverySampleOnce) {
    const auto samples = ids(103);
    const auto sampler = BatchSampler::shuffled(samples, 16, 1, 2, 3);
    EXPECT_EQ(sampler.steps(), 7U);
    std::vector<std::uint32_t> seen;
    for (std::size_t step = 0; step < sampler.steps(); ++step) {
        const auto batch = sampler.batch(step);
        EXPECT_EQ(batch.size(), step < 6 ? 16U : 7U);
        seen.insert(seen.end(), batch.begin(), batch.end());
    }
    EXPECT_NE(seen, samples);
    std::ranges::sort(seen);
    EXPECT_EQ(seen, samples);
}

TEST(BatchSampler, RanksTogetherSeeTheSerialOrder) {
    const auto samples = ids(53);
    const auto sampler = BatchSampler::shuffled(samples, 8, 9, 0, 0);
    for (int ranks = 1; ranks <= 5; ++ranks) {
        std::vector<std::uint32_t> together;
        for (std::size_t step = 0; step < sampler.steps(); ++step) {
            for (int rank = 0; rank < ranks; ++rank) {
                const auto part = sampler.batch(step, rank, ranks);
                EXPECT_EQ(part.size(), sampler.share(step, rank, ranks).count);
                together.insert(together.end(), part.begin(), part.end());
            }
        }
        EXPECT_EQ(together, copy(sampler.order())) << ranks << " ranks";
    }
}

TEST(BatchSampler, ABatchSmallerThanTheGroupLeavesRanksEmpty) {
    const auto sampler = BatchSampler::in_order(ids(10), 4);
    EXPECT_EQ(sampler.batch(2).size(), 2U);
    EXPECT_EQ(sampler.batch(2, 1, 3).size(), 1U);
    EXPECT_TRUE(sampler.batch(2, 2, 3).empty());
}

TEST(BatchSampler, OrderDependsOnSeedStreamAndEpochAlone) {
    const auto samples = ids(60);
    const auto order = [&](std::size_t batch, std::uint64_t seed, std::uint64_t stream,
                           std::uint64_t epoch) {
        return copy(BatchSampler::shuffled(samples, batch, seed, stream, epoch).order());
    };
    const auto reference = order(4, 1, 2, 3);
    EXPECT_EQ(order(32, 1, 2, 3), reference);
    EXPECT_NE(order(4, 2, 2, 3), reference);
    EXPECT_NE(order(4, 1, 3, 3), reference);
    EXPECT_NE(order(4, 1, 2, 4), reference);
    EXPECT_NE(order(4, 1, 3, 2), reference);
}

TEST(BatchSampler, FirstPlaceIsDrawnFairly) {
    // 6000 shuffles of 6 samples: each leads about 1000 times (sigma 29).
    std::vector<int> leads(6);
    for (std::uint64_t epoch = 0; epoch < 6000; ++epoch) {
        const auto sampler =
            BatchSampler::shuffled(std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}, 2, 1, 0, epoch);
        ++leads[sampler.order().front()];
    }
    for (const int count : leads) EXPECT_NEAR(count, 1000, 150);
}

TEST(BatchSampler, InOrderKeepsTheOrderOfTheFiles) {
    const auto samples = ids(20);
    EXPECT_EQ(copy(BatchSampler::in_order(samples, 6).order()), samples);
}

TEST(BatchSampler, OfNothingHasNoSteps) { EXPECT_EQ(BatchSampler::in_order({}, 6).steps(), 0U); }

}  // namespace
}  // namespace msunet::data
