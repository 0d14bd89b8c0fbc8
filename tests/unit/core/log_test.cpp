// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/log.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/core/file.hpp"
#include "msunet/core/muted_log.hpp"

namespace msunet::core {
namespace {

class LogTest : public testing::Test {
protected:
    void TearDown() override { log::set_rank(0); }

    struct Output {
        std::string out;
        std::string err;
    };
    template <class Body>
    static Output written(Body body) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        body();
        Output output;
        output.out = testing::internal::GetCapturedStdout();
        output.err = testing::internal::GetCapturedStderr();
        return output;
    }
};

TEST_F(LogTest, MutedOnlyErrorsAreWritten) {
    const Output output = written([] {
        {
            const log::Muted outer;
            { const log::Muted inner; }
            log::info("again");
            log::warn("again");
            log::error("no");
        }
        log::info("then");
    });
    EXPECT_EQ(output.out, "then\n");
    EXPECT_EQ(output.err, "error: no\n");
}

TEST_F(LogTest, InformationGoesToStdoutAndProblemsToStderr) {
    const Output output = written([] {
        log::info("hello {}");
        log::warn("careful");
        log::error("no");
    });
    EXPECT_EQ(output.out, "hello {}\n");
    EXPECT_EQ(output.err, "warning: careful\nerror: no\n");
}

TEST_F(LogTest, OtherRanksWriteOnlyAlertsAndFatalErrors) {
    log::set_rank(3);
    const Output output = written([] {
        log::info("hello");
        log::warn("careful");
        log::error("no");
        log::alert("alone");
        log::fatal("the end");
    });
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(output.err, "warning: rank 3: alone\nerror: rank 3: the end\n");
}

TEST_F(LogTest, ProgressIsShownOnTerminalsOnly) {
    EXPECT_EQ(written([] { log::progress("50 %"); }).out, "");
    EXPECT_FALSE(log::is_terminal());
    EXPECT_GE(log::terminal_width(), 20);
}

}  // namespace
}  // namespace msunet::core
