// SPDX-License-Identifier: Apache-2.0
#include "bench/threads.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace msunet::bench {
namespace {

TEST(RunThreads, EachThreadPreparesBeforeAnyWorks) {
    std::array<std::atomic<int>, 3> prepared{}, worked{};
    std::atomic<bool> too_early = false;
    const auto work = run_threads(
        3, 0.02,
        [&](int thread) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5 * thread));
            ++prepared.at(static_cast<std::size_t>(thread));
        },
        [&](int thread) {
            for (const auto& one : prepared) too_early = too_early || one == 0;
            ++worked.at(static_cast<std::size_t>(thread));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return 10.0;
        });
    EXPECT_FALSE(too_early);
    int passes = 0;
    for (std::size_t thread = 0; thread < 3; ++thread) {
        EXPECT_EQ(prepared.at(thread), 1);
        EXPECT_GE(worked.at(thread), 1);
        passes += worked.at(thread);
    }
    EXPECT_DOUBLE_EQ(work.amount, 10.0 * passes);
    EXPECT_GE(work.seconds, 0.02);
}

TEST(RunThreads, TakesTheTimeOfTheSlowestThread) {
    const auto slow = run_threads(
        2, 0.001, [](int) {},
        [](int thread) {
            std::this_thread::sleep_for(std::chrono::milliseconds(thread == 1 ? 50 : 1));
            return 1.0;
        });
    EXPECT_GE(slow.seconds, 0.05);
}

}  // namespace
}  // namespace msunet::bench
