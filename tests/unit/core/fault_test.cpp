// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/fault.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

class FaultTest : public testing::Test {
protected:
    static void arm(const char* text, int rank) {
        ::setenv("MSUNET_FAULT", text, 1);
        arm_faults(rank);
    }
    void TearDown() override {
        ::unsetenv("MSUNET_FAULT");
        arm_faults(0);
    }
};

TEST_F(FaultTest, NothingHappensUnlessAsked) {
    ::unsetenv("MSUNET_FAULT");
    arm_faults(0);
    EXPECT_NO_THROW(fault_point("step"));
    arm("step:1:exception", 0);
    EXPECT_NO_THROW(fault_point("step"));
}

TEST_F(FaultTest, TheNthPassageFails) {
    arm("step:0:exception:3", 0);
    EXPECT_NO_THROW(fault_point("step"));
    EXPECT_NO_THROW(fault_point("other"));
    EXPECT_NO_THROW(fault_point("step"));
    EXPECT_THROW(fault_point("step"), std::runtime_error);
    EXPECT_NO_THROW(fault_point("step"));
}

TEST_F(FaultTest, StarMeansEveryRank) {
    arm("step:*:exception", 17);
    EXPECT_THROW(fault_point("step"), std::runtime_error);
}

TEST_F(FaultTest, AFullDiskIsAFileErrorAndLeavesNothing) {
    const std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) / ("full_" + unique_suffix());
    arm("file_write:0:full_disk", 0);
    try {
        write_file_atomically(path, std::string_view("x"));
        FAIL();
    } catch (const FileError& error) {
        EXPECT_EQ(error.error_number(), ENOSPC);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(FaultTest, OutOfMemoryIsBadAlloc) {
    arm("step:0:out_of_memory", 0);
    EXPECT_THROW(fault_point("step"), std::bad_alloc);
}

TEST_F(FaultTest, AMalformedVariableIsAUsageError) {
    for (const char* text : {"step", "step:0", "step:x:crash", "step:0:burn", "step:0:crash:0"}) {
        EXPECT_THROW(arm(text, 0), UsageError) << text;
    }
}

TEST_F(FaultTest, ACrashKillsTheProcess) {
    arm("step:0:crash", 0);
    EXPECT_EXIT(fault_point("step"), testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FaultTest, AHangLastsUntilASignalKillsIt) {
    arm("step:0:hang", 0);
    EXPECT_EXIT(
        {
            ::alarm(1);
            fault_point("step");
        },
        testing::KilledBySignal(SIGALRM), "");
}

TEST_F(FaultTest, ASuspendedProcessContinuesAfterSigcont) {
    arm("step:0:suspend", 0);
    const pid_t child = ::fork();
    if (child == 0) {
        fault_point("step");
        ::_exit(7);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_TRUE(WIFSTOPPED(status));
    ::kill(child, SIGCONT);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

}  // namespace
}  // namespace msunet::core
