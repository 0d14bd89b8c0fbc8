// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace msunet::core {
namespace {

TEST(Signals, EachOneRequestsAStop) {
    std::signal(SIGHUP, SIG_DFL);
    for (const int number : {SIGTERM, SIGUSR1, SIGUSR2, SIGINT, SIGHUP}) {
        install_signal_handlers();
        EXPECT_FALSE(stop_requested());
        std::raise(number);
        EXPECT_TRUE(stop_requested());
    }
    install_signal_handlers();
    EXPECT_FALSE(stop_requested());
}

TEST(Signals, AClosedTerminalIsIgnoredUnderNohup) {
    std::signal(SIGHUP, SIG_IGN);
    install_signal_handlers();
    std::raise(SIGHUP);
    EXPECT_FALSE(stop_requested());
    std::signal(SIGHUP, SIG_DFL);
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
