// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "msunet/record/journal.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

const auto alive = [](std::int64_t) { return true; };
const auto dead = [](std::int64_t) { return false; };

/// Host n1, pid 4711, Slurm job 99, started at 1000.5, last seen at 1100.
SweepRecord running() {
    SweepRecord record;
    update(record, sample_start());
    update(record, Heartbeat{{"n1", 4711, "99"}, 1100});
    return record;
}

TEST(InUse, YoungerThanTwoMinutes) {
    const Owner other{"n2", 4711, ""};
    const auto owner = in_use_by(running(), other, 1219.9, dead);
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->host, "n1");
    EXPECT_EQ(owner->slurm_job, "99");
    EXPECT_FALSE(in_use_by(running(), other, 1220, alive));
}

TEST(InUse, NotByTheSameSlurmJob) {
    EXPECT_FALSE(in_use_by(running(), {"n2", 5, "99"}, 1101, alive));
    EXPECT_TRUE(in_use_by(running(), {"n2", 5, "98"}, 1101, alive));
}

TEST(InUse, NoJobIsNotTheSameJob) {
    SweepRecord record = running();
    record.owner.slurm_job.clear();
    EXPECT_TRUE(in_use_by(record, {"n2", 5, ""}, 1101, alive));
}

TEST(InUse, NotByADeadPidOnTheSameHost) {
    EXPECT_FALSE(in_use_by(running(), {"n1", 5, ""}, 1101, dead));
    EXPECT_TRUE(in_use_by(running(), {"n1", 5, ""}, 1101, alive));
    EXPECT_FALSE(in_use_by(running(), {"n1", 4711, ""}, 1101, alive)) << "the pid is our own";
}

TEST(InUse, NotOnceItEndedInOrder) {
    SweepRecord stopped = running();
    update(stopped, Stopped{StopReason::signal, 1101});
    EXPECT_FALSE(in_use_by(stopped, {"n2", 5, ""}, 1102, alive));
    SweepRecord finished = running();
    update(finished, Finished{1101});
    EXPECT_FALSE(in_use_by(finished, {"n2", 5, ""}, 1102, alive));
}

TEST(InUse, AgainAfterAResume) {
    SweepRecord record = running();
    update(record, Stopped{StopReason::signal, 1101});
    update(record, Resumed{{"n3", 6, ""}, sample_world(), 1110});
    const auto owner = in_use_by(record, {"n2", 5, ""}, 1111, alive);
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->host, "n3");
}

TEST(ProcessRuns, KnowsTheLivingFromTheDead) {
    EXPECT_TRUE(process_runs(::getpid()));
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(process_runs(child)) << "dead, but its parent has not asked for it";
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_FALSE(process_runs(child));
    EXPECT_FALSE(process_runs(0));
}

}  // namespace
}  // namespace msunet::record
