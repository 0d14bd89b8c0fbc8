// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/journal_watch.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "msunet/core/error.hpp"

namespace msunet::experiment {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// An experiment that a start on host n1 began at 1000, and a clock that only sleeping moves.
class JournalWatchTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() /
                  ("msunet_watch_" + std::to_string(getpid()) + "_" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(folder_);
        record::SweepStart start;
        start.trials = {0};
        start.metric = "dice_coef";
        start.owner = {"n1", 4711, "99"};
        start.at = 1000;
        record::Journal::create(folder_ / record::journal_name, start).sync();
    }
    void TearDown() override { fs::remove_all(folder_); }

    JournalWatch watch() {
        return {.waits = true,
                .now = [this] { return now_; },
                .sleep =
                    [this](double seconds) {
                        now_ += seconds;
                        slept_ += seconds;
                        if (grows_ && slept_ > 20) {
                            std::ofstream(folder_ / record::journal_name, std::ios::app) << "{}\n";
                        }
                    },
                .runs = [](std::int64_t) { return true; },
                .job_runs = [this](const std::string&) { return job_runs_; }};
    }

    /// "free", or why it is not.
    std::string outcome(const JournalWatch& watch, const std::string& host = "n2") {
        try {
            (void)replay_when_free(folder_, {host, 5, ""}, watch);
        } catch (const core::UsageError& error) {
            return error.what();
        }
        return "free";
    }

    fs::path folder_;
    double now_ = 1030;
    double slept_ = 0;
    bool grows_ = false;
    std::optional<bool> job_runs_;
};

TEST_F(JournalWatchTest, WaitsUntilTheLastEventIsOld) {
    EXPECT_EQ(outcome(watch()), "free");
    EXPECT_DOUBLE_EQ(now_, 1120);
}

TEST_F(JournalWatchTest, RefusesOnceTheJournalGrows) {
    grows_ = true;
    EXPECT_THAT(outcome(watch()), HasSubstr("is in use (host 'n1', pid 4711, Slurm job 99)"));
    EXPECT_LT(slept_, 25);
}

TEST_F(JournalWatchTest, DateOfAClockThatIsAheadCountsForNothing) {
    now_ = 100;
    EXPECT_EQ(outcome(watch()), "free");
    EXPECT_DOUBLE_EQ(slept_, 120);
    grows_ = true;
    now_ = 100;
    EXPECT_THAT(outcome(watch()), HasSubstr("in use"));
}

TEST_F(JournalWatchTest, SlurmKnowsWhetherTheJobRuns) {
    job_runs_ = false;
    EXPECT_EQ(outcome(watch()), "free");
    job_runs_ = true;
    EXPECT_THAT(outcome(watch()), HasSubstr("Slurm job 99"));
    EXPECT_EQ(slept_, 0);
}

TEST_F(JournalWatchTest, RefusesAtOnceWhereWaitingIsOfNoUse) {
    EXPECT_THAT(outcome(watch(), "n1"), HasSubstr("in use")) << "its process runs on this host";
    auto at_a_terminal = watch();
    at_a_terminal.waits = false;
    EXPECT_THAT(outcome(at_a_terminal), HasSubstr("in use"));
    EXPECT_EQ(slept_, 0);
}

}  // namespace
}  // namespace msunet::experiment
