// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "msunet/train/checkpoint.hpp"

namespace msunet::train {
namespace {

using namespace std::chrono_literals;

Checkpoint at(std::int64_t epoch, std::int64_t step) {
    Checkpoint c;
    c.progress.epoch = epoch;
    c.progress.step = step;
    return c;
}

TEST(CheckpointWriter, ReportsWhatIsOnDisk) {
    std::atomic<bool> is_on_disk = false;
    CheckpointWriter writer("c.h5", [&](const auto&, const auto&) { is_on_disk = true; });
    EXPECT_FALSE(writer.completed());
    writer.start(at(3, 7));
    writer.finish();
    EXPECT_TRUE(is_on_disk);
    const auto position = writer.completed();
    ASSERT_TRUE(position);
    EXPECT_EQ(*position, std::pair(std::int64_t{3}, std::int64_t{7}));
    EXPECT_FALSE(writer.completed());
}

TEST(CheckpointWriter, ADueOneWaitsForAnIntervalOnly) {
    const CheckpointWriter writer("never written");
    EXPECT_FALSE(writer.is_due(1, 59));
    EXPECT_TRUE(writer.is_due(1, 60));
    EXPECT_TRUE(writer.is_due(0, 0));
}

TEST(CheckpointWriter, NoneIsDueBeforeTheLastIsOnDisk) {
    std::promise<void> disk_answers;
    CheckpointWriter writer("c.h5", [answer = disk_answers.get_future().share()](
                                        const auto&, const auto&) { answer.wait(); });
    writer.start({});
    EXPECT_FALSE(writer.is_due(1, 1e6));
    EXPECT_FALSE(writer.completed());
    EXPECT_TRUE(writer.is_due(0, 0)) << "with --checkpoint_minutes 0 each epoch has one";
    disk_answers.set_value();
    writer.finish();
    EXPECT_TRUE(writer.is_due(1, 1e6));
}

TEST(CheckpointWriter, OnASlowDiskTheyAreDueLessOften) {
    constexpr double minutes = 0.02;
    CheckpointWriter writer("c.h5",
                            [](const auto&, const auto&) { std::this_thread::sleep_for(200ms); });
    EXPECT_TRUE(writer.is_due(minutes, 1.3));
    writer.start({});
    writer.finish();
    EXPECT_FALSE(writer.is_due(minutes, 1.9));
    EXPECT_TRUE(writer.is_due(minutes, 1e3));
}

// What a training does between its steps: with the thread sanitizer it shows that nothing is shared
// with the thread that writes but what is handed over.
TEST(CheckpointWriter, WritesOneAfterTheOtherWhileTrainingGoesOn) {
    constexpr std::int64_t steps = 200;
    std::vector<std::int64_t> written;
    std::int64_t reported = -1;
    CheckpointWriter writer("c.h5", [&](const auto&, const Checkpoint& content) {
        written.push_back(content.progress.step);
    });
    for (std::int64_t step = 0; step < steps; ++step) {
        if (const auto position = writer.completed()) {
            EXPECT_GT(position->second, reported);
            reported = position->second;
        }
        if (writer.is_due(0, 0)) writer.start(at(0, step));
    }
    writer.finish();
    ASSERT_EQ(written.size(), static_cast<std::size_t>(steps));
    EXPECT_TRUE(std::ranges::is_sorted(written));
    EXPECT_EQ(writer.completed(), std::pair(std::int64_t{0}, steps - 1));
}

}  // namespace
}  // namespace msunet::train
