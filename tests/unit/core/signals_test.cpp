// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace msunet::core {
namespace {

TEST(Signals, EachOneAsksForAStop) {
    install_signal_handlers();
    for (const int number : {SIGTERM, SIGUSR1, SIGUSR2, SIGINT}) {
        clear_stop();
        EXPECT_FALSE(stop_requested());
        std::raise(number);
        EXPECT_TRUE(stop_requested());
        EXPECT_EQ(stop_signal(), number);
    }
    clear_stop();
}

TEST(Signals, TheFirstReasonStays) {
    clear_stop();
    request_stop(SIGUSR1);
    request_stop(SIGTERM);
    EXPECT_EQ(stop_signal(), SIGUSR1);
    clear_stop();
}

TEST(SignalsDeathTest, ASecondInterruptEndsAtOnce) {
    EXPECT_EXIT(
        {
            install_signal_handlers();
            std::raise(SIGTERM);
            std::raise(SIGINT);
            std::raise(SIGINT);
        },
        testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace msunet::core
