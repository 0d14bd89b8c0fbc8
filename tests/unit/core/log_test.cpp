// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/log.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

class LogTest : public testing::Test {
protected:
    void TearDown() override {
        log::set_rank(0);
        log::set_quiet(false);
    }

    struct Output {
        std::string out;
        std::string err;
    };
    template <class Body>
    static Output spoken(Body body) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        body();
        Output output;
        output.out = testing::internal::GetCapturedStdout();
        output.err = testing::internal::GetCapturedStderr();
        return output;
    }
};

TEST_F(LogTest, InformationGoesToStdoutTroubleToStderr) {
    const Output output = spoken([] {
        log::info("hello {}");
        log::warn("careful");
        log::error("no");
    });
    EXPECT_EQ(output.out, "hello {}\n");
    EXPECT_EQ(output.err, "warning: careful\nerror: no\n");
}

TEST_F(LogTest, OtherRanksAreSilentButForAlertsAndTheJobsEnd) {
    log::set_rank(3);
    const std::size_t before = log::warning_count();
    const Output output = spoken([] {
        log::info("hello");
        log::warn("counted");
        log::error("no");
        log::alert("alone");
        log::fatal("the end");
    });
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(output.err, "warning: rank 3: alone\nerror: rank 3: the end\n");
    EXPECT_EQ(log::warning_count(), before + 1);
    EXPECT_EQ(log::warnings().back(), "counted");
}

TEST_F(LogTest, QuietKeepsWarnings) {
    log::set_quiet(true);
    const Output output = spoken([] {
        log::info("hello");
        log::warn("careful");
    });
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(output.err, "warning: careful\n");
}

TEST_F(LogTest, ProgressIsForTerminalsAlone) {
    EXPECT_EQ(spoken([] { log::progress("50 %"); }).out, "");
    EXPECT_FALSE(log::is_terminal());
    EXPECT_GE(log::terminal_width(), 20);
}

}  // namespace
}  // namespace msunet::core
