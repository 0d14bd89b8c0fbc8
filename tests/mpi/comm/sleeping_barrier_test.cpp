// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/sleeping_barrier.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "msunet/core/time.hpp"

namespace msunet::comm {
namespace {

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

TEST(SleepingBarrier, ThoseThatWaitSleepUntilTheLastComes) {
    const auto world = Communicator::world();
    constexpr double late = 0.5;
    world.barrier();
    const double began = core::steady_seconds();
    const double used = processor_seconds();
    if (world.is_root()) std::this_thread::sleep_for(std::chrono::duration<double>(late));
    sleeping_barrier(world);
    EXPECT_GE(core::steady_seconds() - began, 0.9 * late);
    EXPECT_LT(processor_seconds() - used, 0.5 * late);
}

}  // namespace
}  // namespace msunet::comm
