// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/merge.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "msunet/core/file.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/report/search.hpp"

namespace msunet::experiment {
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

/// A finished shard of a search: one trial is stopped at its first rung, the other one goes on two
/// ranks, one after the other, to its end.
ShardRecord searching_shard(const fs::path& folder, record::TrialId first) {
    record::SweepStart start;
    start.configuration = {{"strategy", "halving", core::Affects::result}};
    start.grid["lr"] = {0.1, 0.2, 0.3, 0.4};
    start.grid["epochs"] = {std::int64_t{3}};
    start.metric = "dice_coef";
    start.shard = std::to_string(first + 1) + "/2";
    start.trials = {first, first + 2};
    core::make_directories(folder);
    core::write_file_atomically(folder / "config.yaml", "shard: " + start.shard + "\n");
    core::write_file_atomically(folder / "environment.json", "{}");
    auto journal = record::Journal::create(folder / record::journal_name, start);
    const auto finish = [&](record::TrialId trial, record::TrialState state, std::size_t epochs,
                            double at) {
        record::TrialResult result;
        result.trial = trial;
        result.state = state;
        result.history.resize(epochs);
        result.ended_at = at;
        journal.append(record::TrialFinished{result, at});
    };
    for (const record::TrialId trial : start.trials) {
        const double at = 10 + 10 * static_cast<double>(trial);
        journal.append(record::TrialStarted{trial, 0, "", at});
        journal.append(record::RungReached{trial, 1, 0.5, {}, at + 5});
    }
    finish(first, record::TrialState::stopped, 1, 60);
    journal.append(record::TrialPromoted{first + 2, std::nullopt, 1, 0, 60});
    journal.append(record::TrialStarted{first + 2, 1, "c", 70});
    finish(first + 2, record::TrialState::done, 3, 90);
    journal.append(record::Finished{95});
    return {folder, journal.record()};
}

TEST(Merge, KeepsWhatASearchDecidedAndWhen) {
    const auto here = fs::temp_directory_path() / ("msunet_merge_" + std::to_string(::getpid()));
    const std::vector<ShardRecord> shards{searching_shard(here / "y_shard1of2", 0),
                                          searching_shard(here / "y_shard2of2", 1)};
    const auto record = merge_shards(here / "merged", shards);
    const auto figures = report::search_figures(record);
    ASSERT_TRUE(figures);
    EXPECT_EQ(report::rungs_text(*figures), "halving: 4 trials after 1 epoch, 2 to the end");
    EXPECT_EQ(figures->rungs.front().promoted, 2U);
    EXPECT_EQ(figures->epochs_spent, 8);
    ASSERT_EQ(record.timeline.size(), 6U) << "each trial's first span, and the second of two";
    for (const auto& span : record.timeline) {
        const auto& shard = shards[span.trial % 2].record.timeline;
        EXPECT_TRUE(std::ranges::any_of(shard,
                                        [&](const record::Span& other) {
                                            return other.trial == span.trial &&
                                                   other.rank == span.rank &&
                                                   other.from == span.from && other.to == span.to;
                                        }))
            << "trial " << span.trial;
    }
    fs::remove_all(here);
}

}  // namespace
}  // namespace msunet::experiment
