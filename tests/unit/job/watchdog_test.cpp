// SPDX-License-Identifier: Apache-2.0
#include "msunet/job/watchdog.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace msunet::job {
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

TEST(Watchdog, RaisesAnAlarmWhenWorkMakesNoProgress) {
    Alarms alarms;
    {
        Watchdog watchdog(0.1, 3, alarms.alarm());
        watchdog.watch("trial 7");
        std::this_thread::sleep_for(milliseconds(400));
    }
    ASSERT_GE(alarms.count(), 1U);
    EXPECT_THAT(alarms.messages.front(),
                testing::AllOf(testing::HasSubstr("rank 3"), testing::HasSubstr("trial 7")));
}

TEST(Watchdog, IsSilentWhileWaitingForWork) {
    Alarms alarms;
    {
        Watchdog watchdog(0.1, 0, alarms.alarm());
        watchdog.watch("trial 7");
        watchdog.pause();
        std::this_thread::sleep_for(milliseconds(400));
    }
    EXPECT_EQ(alarms.count(), 0U);
}

TEST(Watchdog, IsPatientWithLongSteps) {
    Alarms alarms;
    {
        Watchdog watchdog(0.05, 0, alarms.alarm());
        watchdog.watch("trial 7");
        // Steps of 50 ms: 20 of them are a second.
        for (int step = 0; step < 3; ++step) watchdog.progress(0.05);
        std::this_thread::sleep_for(milliseconds(400));
    }
    EXPECT_EQ(alarms.count(), 0U);
}

/// Suspends its own process in the middle of work; ends it with 1 at an alarm, else with 0.
[[noreturn]] void work_with_a_break() {
    {
        Watchdog watchdog(1, 0, [](const std::string&) { _exit(1); });
        watchdog.watch("trial 7");
        std::raise(SIGSTOP);
        // The watchdog wakes at once, the work makes progress a little later.
        std::this_thread::sleep_for(milliseconds(200));
        watchdog.progress();
        std::this_thread::sleep_for(milliseconds(200));
    }
    _exit(0);
}

TEST(Watchdog, DoesNotCountTheTimeInWhichTheProcessWasSuspended) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) work_with_a_break();
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
    ASSERT_TRUE(WIFSTOPPED(status));
    std::this_thread::sleep_for(milliseconds(2500));
    kill(child, SIGCONT);
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace msunet::job
