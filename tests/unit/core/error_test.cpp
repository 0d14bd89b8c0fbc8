// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

TEST(Error, KeepsEveryProblemAndSaysThemOneALine) {
    const UsageError error(std::vector<std::string>{"first", "second"});
    EXPECT_STREQ(error.what(), "first\nsecond");
    EXPECT_EQ(error.problems().size(), 2U);
    EXPECT_EQ(error.code(), ExitCode::usage);
}

TEST(Error, CodesAreThoseOfTheContract) {
    EXPECT_EQ(static_cast<int>(UsageError("x").code()), 2);
    EXPECT_EQ(static_cast<int>(InputError("x").code()), 3);
    EXPECT_EQ(static_cast<int>(ExitCode::trials_failed), 4);
    EXPECT_EQ(static_cast<int>(ExitCode::stopped), 75);
}

TEST(FileError, NamesPathReasonAndAdvice) {
    const FileError error("can't write", "/out/x", ENOSPC, ExitCode::usage);
    EXPECT_STREQ(error.what(),
                 "can't write '/out/x' (No space left on device), make room or choose another "
                 "folder");
    EXPECT_EQ(error.error_number(), ENOSPC);
    EXPECT_EQ(error.code(), ExitCode::usage);
}

}  // namespace
}  // namespace msunet::core
