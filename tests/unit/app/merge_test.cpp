// SPDX-License-Identifier: Apache-2.0
#include "app/merge.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "msunet/core/file.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;

/// A finished shard of a sweep over four `epochs`, whose two permutations share a training.
ShardRecord shard_of(const fs::path& folder, record::TrialId first) {
    record::SweepStart start;
    start.grid["epochs"] = {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{4}};
    start.metric = "dice_coef";
    start.shard = std::to_string(first + 1) + "/2";
    start.trials = {first, first + 2};
    start.shared = {{first, first + 2}};
    core::make_directories(folder);
    core::write_file_atomically(folder / "config.yaml", "shard: " + start.shard + "\n");
    core::write_file_atomically(folder / "environment.json", "{}");
    auto journal = record::Journal::create(folder / record::journal_name, start);
    journal.append(record::TrialStarted{first, 0, "", 10});
    for (const record::TrialId trial : start.trials) {
        record::TrialResult result;
        result.trial = trial;
        result.started_at = 10;
        // The later id ends first.
        result.ended_at = trial == first ? 30 : 20;
        journal.append(record::TrialFinished{result, result.ended_at});
    }
    journal.append(record::Finished{40});
    return {folder, journal.record()};
}

TEST(Merge, KeepsTrainingsThatServeSeveralPermutations) {
    const auto here = fs::temp_directory_path() / ("msunet_merge_" + std::to_string(::getpid()));
    const std::vector<ShardRecord> shards{shard_of(here / "x_shard1of2", 0),
                                          shard_of(here / "x_shard2of2", 1)};
    const auto record = merge_shards(here / "merged", shards);
    EXPECT_TRUE(record.finished);
    EXPECT_EQ(record.results().size(), 4U);
    EXPECT_EQ(record.start.shared, (std::vector<std::vector<record::TrialId>>{{0, 2}, {1, 3}}));
    ASSERT_EQ(record.timeline.size(), 2U);
    EXPECT_EQ(record.timeline[0].from, 10);
    EXPECT_EQ(record.timeline[0].to, 30);
    fs::remove_all(here);
}

}  // namespace
}  // namespace msunet::app
