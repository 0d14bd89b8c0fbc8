// SPDX-License-Identifier: Apache-2.0
// The simulation against times that can be computed by hand.
#include <gtest/gtest.h>

#include <vector>

#include "shared_disk.hpp"
#include "simulated_sweep.hpp"

namespace msunet::simulation {
namespace {

using record::TrialId;

constexpr double epoch_seconds = 100;
constexpr std::int64_t epochs = 4;
constexpr double trial_seconds = epoch_seconds * epochs;

record::SweepStart start_of(std::uint64_t trials) {
    record::SweepStart start;
    start.metric = "val_dice_coef";
    for (std::uint64_t id = 0; id < trials; ++id) {
        start.grid["n"].emplace_back(static_cast<std::int64_t>(id));
        start.trials.push_back(id);
    }
    return start;
}

Workload equal_trials() {
    Workload workload;
    workload.epochs = [](TrialId) { return epochs; };
    workload.seconds = [](TrialId, std::int64_t) { return epoch_seconds; };
    workload.dice = [](TrialId, std::int64_t) { return 0.5; };
    return workload;
}

Cluster cluster_of(sweep::GroupId groups) {
    Cluster cluster;
    cluster.groups = groups;
    return cluster;
}

Outcome run(const Cluster& cluster, std::uint64_t trials) {
    return simulate(start_of(trials), equal_trials(), cluster);
}

TEST(SharedDisk, TransfersShareItsBandwidth) {
    SharedDisk disk(10, 0);
    EXPECT_FALSE(disk.next_end());
    disk.begin(100, 1, 0);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 10);
    disk.begin(10, 2, 4);  // 60 left of the first
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 6);
    EXPECT_EQ(disk.end_next(), 2);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 11);
    EXPECT_EQ(disk.end_next(), 1);
    EXPECT_FALSE(disk.next_end());
    disk.begin(10, 3, 20);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 21);
}

TEST(SharedDisk, OneTransferIsNoFasterThanItsStream) {
    SharedDisk disk(10, 4);
    disk.begin(8, 1, 0);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 2);
    disk.begin(8, 2, 0);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 2);
    disk.begin(8, 3, 0);
    EXPECT_DOUBLE_EQ(disk.next_end().value(), 2.4);
}

TEST(Simulation, WithoutCostsOnlyTrainingTakesTime) {
    const auto outcome = run(cluster_of(2), 6);
    EXPECT_DOUBLE_EQ(outcome.seconds, 3 * trial_seconds);
    EXPECT_DOUBLE_EQ(outcome.training_seconds, 6 * trial_seconds);
    EXPECT_EQ(outcome.waited_seconds, 0);
    EXPECT_EQ(outcome.epochs, 6 * epochs);
    EXPECT_EQ(outcome.starts, 1);
}

TEST(Simulation, ATrialWaitsForItsResult) {
    Cluster cluster = cluster_of(2);
    cluster.files.bandwidth = 10;
    cluster.files.file_seconds = 0.5;
    cluster.files.result_bytes = 20;
    cluster.checkpoints.interval = 1e6;
    const auto outcome = run(cluster, 2);
    EXPECT_DOUBLE_EQ(outcome.seconds, trial_seconds + 0.5 + 2 * 2);
    EXPECT_DOUBLE_EQ(outcome.waited_seconds, 2 * (0.5 + 2 * 2));
}

Cluster saturated(double patience) {
    // Four groups that write 30 s every 60 s: twice of what the disk can do.
    Cluster cluster = cluster_of(4);
    cluster.files.bandwidth = 1;
    cluster.files.checkpoint_bytes = 30;
    cluster.checkpoints = {.interval = 60, .patience = patience};
    return cluster;
}

TEST(Simulation, TrainingThatWaitsForCheckpointsIsAsSlowAsTheDisk) {
    const auto outcome = run(saturated(0), 40);
    EXPECT_LT(outcome.training_seconds, 0.65 * 4 * outcome.seconds);
    EXPECT_NEAR(outcome.training_seconds + outcome.waited_seconds, 4 * outcome.seconds, 1);
}

TEST(Simulation, TrainingThatDoesNotWaitIsNot) {
    const auto outcome = run(saturated(10), 40);
    EXPECT_GT(outcome.training_seconds, 0.95 * 4 * outcome.seconds);
}

TEST(Simulation, WhatIsKeptIsTheSameWithFailures) {
    for (const double patience : {0.0, 10.0}) {
        Cluster cluster = saturated(patience);
        cluster.group_mtbf = 4 * 3000;
        cluster.requeue_seconds = 10;
        cluster.start_seconds = 5;
        const auto outcome = run(cluster, 40);
        EXPECT_GT(outcome.starts, 1);
        EXPECT_GT(outcome.lost_seconds, 0);
        EXPECT_GT(outcome.start_seconds, 10 * (static_cast<double>(outcome.starts) - 1));
        EXPECT_NEAR(outcome.training_seconds, 40 * trial_seconds, 1e-3);
        EXPECT_EQ(outcome.epochs, 40 * epochs);
        EXPECT_LE(outcome.training_seconds + outcome.lost_seconds + outcome.waited_seconds +
                      4 * outcome.start_seconds,
                  4 * outcome.seconds + 1e-3);
    }
}

TEST(Simulation, LinesOfTheJournalShareAnFsync) {
    Cluster cluster = cluster_of(50);
    cluster.files.sync_seconds = 0.1;
    cluster.checkpoints.interval = 1e6;
    const auto together = run(cluster, 100);
    cluster.files.sync_interval = 0;
    const auto each = run(cluster, 100);
    // A trial's start, its epochs and its end.
    EXPECT_NEAR(each.rank0_seconds, 0.1 * 100 * (2 + epochs), 1);
    EXPECT_LT(together.rank0_seconds, 0.1 * each.rank0_seconds);
}

TEST(Simulation, ASearchPausesAndResumes) {
    auto workload = equal_trials();
    workload.rules.kind = sweep::StrategyKind::halving;
    workload.rules.min_epochs = 1;
    Cluster cluster = cluster_of(1);
    cluster.files.bandwidth = 10;
    cluster.files.checkpoint_bytes = 10;
    cluster.checkpoints.interval = 1e6;
    const auto outcome = simulate(start_of(3), workload, cluster);
    // One of three goes on after the first epoch; it pauses and resumes at three, too.
    EXPECT_EQ(outcome.epochs, 3 + 3);
    EXPECT_GE(outcome.waited_seconds, 3 + 1);
}

}  // namespace
}  // namespace msunet::simulation
