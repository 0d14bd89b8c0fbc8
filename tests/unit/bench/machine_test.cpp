// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/machine.hpp"

#include <gtest/gtest.h>

namespace msunet::bench {
namespace {

// Loose bounds: of any processor of the last twenty years, busy or not.

TEST(MultiplyAdds, AreCountedOnAllThreads) {
    const auto work = time_multiply_adds(2, 0.05);
    EXPECT_GE(work.seconds, 0.05);
    EXPECT_GT(work.amount / work.seconds, 1e8);
    EXPECT_LT(work.amount / work.seconds, 1e13);
}

TEST(Triad, BytesAreCountedOnAllThreads) {
    constexpr double array = 1 << 20;
    const auto work = time_triad(2, 0.05, array);
    EXPECT_GE(work.seconds, 0.05);
    // Whole passes over three arrays of half the size.
    const double passes = work.amount / (3 * array / 2);
    EXPECT_DOUBLE_EQ(passes, static_cast<double>(static_cast<long>(passes)));
    EXPECT_GE(passes, 2);
}

constexpr double mebibyte = 1024 * 1024;

TEST(TriadArray, ExceedsTheCachesWhereThereIsMemory) {
    EXPECT_EQ(triad_array_bytes(260 * mebibyte, 1e12), 1040 * mebibyte);
    EXPECT_EQ(triad_array_bytes(0, 1e12), 64 * mebibyte);
    EXPECT_EQ(triad_array_bytes(260 * mebibyte, 1200 * mebibyte), 100 * mebibyte);
    EXPECT_EQ(triad_array_bytes(0, 0), 64 * mebibyte);
}

}  // namespace
}  // namespace msunet::bench
