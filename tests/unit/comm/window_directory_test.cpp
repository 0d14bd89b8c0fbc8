// SPDX-License-Identifier: Apache-2.0
#include "comm/window_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace msunet::comm {
namespace {

constexpr const char* parameter = "OMPI_MCA_osc_sm_backing_directory";

TEST(WindowDirectory, KeepsTheUsersChoice) {
    setenv(parameter, "/", 1);
    EXPECT_EQ(window_directory(), "/");
    EXPECT_GT(window_space(), 0U);
    choose_window_directory();
    EXPECT_STREQ(std::getenv(parameter), "/");
    unsetenv(parameter);
}

TEST(WindowDirectory, AMissingFolderHasNoSpace) {
    setenv(parameter, "/no/such/folder", 1);
    EXPECT_EQ(window_space(), 0U);
    unsetenv(parameter);
}

TEST(WindowDirectory, ChoosesTheFolderWithMoreSpace) {
    unsetenv(parameter);
    const auto before = window_space();
    choose_window_directory();
    EXPECT_GE(window_space(), before);
    unsetenv(parameter);
}

}  // namespace
}  // namespace msunet::comm
