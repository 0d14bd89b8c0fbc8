// SPDX-License-Identifier: Apache-2.0
#include "app/engine/watchdog.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace msunet::app {
namespace {

using std::chrono::milliseconds;

/// Collects alarms instead of ending the process.
struct Alarms {
    std::mutex mutex;
    std::vector<std::string> messages;

    Watchdog::Alarm alarm() {
        return [this](const std::string& message) {
            const std::lock_guard lock(mutex);
            messages.push_back(message);
        };
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return messages.size();
    }
};

TEST(Watchdog, SoundsWhenWorkMakesNoProgress) {
    Alarms alarms;
    {
        Watchdog watchdog(0.1, 3, alarms.alarm());
        watchdog.hold("permutation 7");
        std::this_thread::sleep_for(milliseconds(400));
    }
    ASSERT_GE(alarms.count(), 1U);
    EXPECT_THAT(alarms.messages.front(),
                testing::AllOf(testing::HasSubstr("rank 3"), testing::HasSubstr("permutation 7")));
}

TEST(Watchdog, IsSilentWhileWaitingForWork) {
    Alarms alarms;
    {
        Watchdog watchdog(0.1, 0, alarms.alarm());
        watchdog.hold("permutation 7");
        watchdog.release();
        std::this_thread::sleep_for(milliseconds(400));
    }
    EXPECT_EQ(alarms.count(), 0U);
}

TEST(Watchdog, IsPatientWithLongSteps) {
    Alarms alarms;
    {
        Watchdog watchdog(0.05, 0, alarms.alarm());
        watchdog.hold("permutation 7");
        // Steps of 50 ms: 20 of them are a second.
        for (int step = 0; step < 3; ++step) watchdog.beat(0.05);
        std::this_thread::sleep_for(milliseconds(400));
    }
    EXPECT_EQ(alarms.count(), 0U);
}

}  // namespace
}  // namespace msunet::app
