// SPDX-License-Identifier: Apache-2.0
// A sweep over MPI with trials that train nothing: whichever group runs which, every trial ends
// once.

#include <gmock/gmock.h>

#include <filesystem>
#include <set>
#include <thread>

#include "msunet/core/time.hpp"
#include "msunet/dispatch/groups.hpp"
#include "support/stop.hpp"

namespace msunet::dispatch {
namespace {

namespace fs = std::filesystem;

/// Counts the events that it is called for.
class CountingListener final : public SweepListener {
public:
    void happened(const record::Event& /*event*/, const record::SweepRecord& /*record*/) override {
        ++events;
    }
    void tick(const record::SweepRecord& /*record*/) override {}
    void synced() override { ++syncs; }

    int events = 0;
    int syncs = 0;
};

/// An experiment's folder and journal on rank 0, a placement in groups of `group_size`.
class Dispatch : public testing::Test {
protected:
    void SetUp() override { test::clear_stop(); }

    void TearDown() override {
        test::clear_stop();
        journal_.reset();
        world_.barrier();
        if (world_.is_root()) fs::remove_all(folder_);
    }

    void begin(std::uint64_t trials, std::int64_t group_size) {
        if (world_.is_root()) {
            folder_ =
                fs::temp_directory_path() / ("msunet_dispatch_" + std::to_string(core::unix_now()));
            fs::create_directories(folder_);
            record::SweepStart start;
            start.experiment_name = "test";
            for (std::uint64_t id = 0; id < trials; ++id) {
                start.trials.push_back(id);
                start.grid["lr"].emplace_back(1.0 / static_cast<double>(id + 1));
            }
            start.metric = "dice_coef";
            start.owner = {"here", 1, ""};
            start.at = core::unix_now();
            journal_.emplace(record::Journal::create(folder_ / record::journal_name, start));
        }
        sweep::PlacementRequest request;
        sweep::Node node{"here", {}, {}, 4};
        for (int rank = 0; rank < world_.size(); ++rank) {
            node.ranks.push_back(rank);
            node.visible.emplace_back();
        }
        request.nodes = {node};
        request.trials = trials;
        request.ranks_per_trial = {sweep::RanksPerTrial::Kind::number, group_size};
        request.smallest_batch = 8;
        placement_ = sweep::place(request);
    }

    std::optional<SweepEnding> run(const TrialRunner& runner) {
        Channel channel(world_);
        if (!journal_) {
            take_part(channel, placement_, world_.rank(), runner, nullptr);
            return std::nullopt;
        }
        const auto& record = journal_->record();
        sweep::Scheduler scheduler(
            sweep::plans(record, [](const core::Permutation&) { return 1.0; }), placement_.groups,
            sweep::grid_strategy(),
            [&record](record::TrialId trial) { return record.permutation(trial); });
        Dispatcher dispatcher(channel,
                              DispatcherMachine(record, leaders_of(placement_),
                                                std::move(scheduler), limits_, core::unix_now()),
                              *journal_, listener_);
        take_part(channel, placement_, world_.rank(), runner, &dispatcher);
        return dispatcher.finish();
    }

    static record::TrialResult result_of(const record::Assignment& assignment) {
        record::TrialResult result;
        result.trial = assignment.trial;
        result.permutation = assignment.ends.front().permutation;
        result.history.emplace_back().metrics.dice_coef =
            0.1 * static_cast<double>(assignment.trial);
        return result;
    }

    static record::Trained done(const record::Assignment& assignment,
                                record::TrialControl& control) {
        control.end_reached(result_of(assignment));
        return {};
    }

    comm::Communicator world_ = comm::Communicator::world();
    fs::path folder_;
    std::optional<record::Journal> journal_;
    sweep::Placement placement_;
    SweepLimits limits_;
    CountingListener listener_;
};

TEST_F(Dispatch, EveryTrialEndsOnce) {
    begin(23, 1);
    std::set<record::TrialId> mine;
    const auto ending =
        run([&](const record::Assignment& assignment, record::TrialControl& control) {
            EXPECT_TRUE(mine.insert(assignment.trial).second);
            EXPECT_EQ(control.after_step({assignment.trial, 0, 0, 1, 0.0}), record::Answer::go_on);
            return done(assignment, control);
        });
    const auto all = world_.all_gather(std::vector<record::TrialId>(mine.begin(), mine.end()));
    EXPECT_EQ(all.size(), 23U);
    EXPECT_EQ(std::set<record::TrialId>(all.begin(), all.end()).size(), 23U);
    ASSERT_EQ(ending.has_value(), world_.is_root());
    if (!ending) return;
    EXPECT_EQ(ending->ending, sweep::Ending::complete);
    EXPECT_EQ(journal_->record().unfinished(), 0U);
    // Of each trial its start and its end.
    EXPECT_EQ(listener_.events, 46);
    EXPECT_GT(listener_.syncs, 0);
}

TEST_F(Dispatch, TheStartIsOnRecordBeforeTrainingBegins) {
    begin(3, 1);
    run([&](const record::Assignment& assignment, record::TrialControl& control) {
        if (world_.is_root()) {
            const auto* trial = journal_->record().find(assignment.trial);
            EXPECT_TRUE(trial != nullptr && trial->state == record::TrialState::running);
        }
        return done(assignment, control);
    });
}

TEST_F(Dispatch, MembersTrainWithTheirLeader) {
    if (world_.size() % 2 != 0) GTEST_SKIP() << "needs an even number of ranks";
    begin(5, 2);
    std::int64_t runs = 0;
    run([&](const record::Assignment& assignment, record::TrialControl& control) {
        ++runs;
        return done(assignment, control);
    });
    EXPECT_EQ(world_.all_reduce(runs, comm::Operation::sum), 10);
}

TEST_F(Dispatch, AStopPausesWhatRunsAndKeepsTheRest) {
    begin(8, 1);
    const auto ending =
        run([&](const record::Assignment& assignment, record::TrialControl& control) {
            // The signal reaches the last rank alone, in its first trial.
            if (world_.rank() == world_.size() - 1) test::request_stop();
            const double began = core::steady_seconds();
            while (control.after_step({assignment.trial, 0, 0, 1, 0.0}) == record::Answer::go_on) {
                if (core::steady_seconds() - began > 20) return done(assignment, control);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            auto so_far = result_of(assignment);
            so_far.state = record::TrialState::paused;
            return record::Trained{so_far};
        });
    if (!ending) return;
    EXPECT_EQ(ending->ending, sweep::Ending::stopped);
    EXPECT_EQ(ending->stop_reason, record::StopReason::signal);
    EXPECT_EQ(journal_->record().unfinished(), 8U);
    for (const auto& [id, trial] : journal_->record().trials) {
        EXPECT_EQ(trial.state, record::TrialState::paused) << id;
    }
}

TEST_F(Dispatch, TimeLimitLetsRunningOnesFinish) {
    begin(50, 1);
    limits_.time_limit = core::unix_now() + 0.3;
    const auto ending =
        run([&](const record::Assignment& assignment, record::TrialControl& control) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            EXPECT_EQ(control.after_step({assignment.trial, 0, 0, 1, 0.1}), record::Answer::go_on);
            return done(assignment, control);
        });
    if (!ending) return;
    EXPECT_EQ(ending->ending, sweep::Ending::time_limit);
    const auto ended = 50 - journal_->record().unfinished();
    EXPECT_GE(ended, 2U);
    EXPECT_LT(ended, 50U);
    for (const auto& [id, trial] : journal_->record().trials) EXPECT_TRUE(trial.result) << id;
}

TEST_F(Dispatch, TargetEndsTheSweep) {
    begin(40, 1);
    // Trials run by ascending id, trial n has a Dice of n / 10.
    limits_.target = sweep::PerformanceTarget{"dice_coef", 0.45, false};
    const auto ending =
        run([&](const record::Assignment& assignment, record::TrialControl& control) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            control.after_step({assignment.trial, 0, 0, 1, 0.02});
            return done(assignment, control);
        });
    if (!ending) return;
    EXPECT_EQ(ending->ending, sweep::Ending::target);
    EXPECT_GT(journal_->record().unfinished(), 0U);
}

TEST_F(Dispatch, FailuresDoNotHoldTheOthers) {
    begin(6, 1);
    const auto ending =
        run([&](const record::Assignment& assignment, record::TrialControl& control) {
            auto result = result_of(assignment);
            if (assignment.trial == 3) {
                result.state = record::TrialState::failed;
                result.reason = "for the test";
            }
            control.end_reached(result);
            return record::Trained{};
        });
    if (!ending) return;
    EXPECT_EQ(ending->ending, sweep::Ending::complete);
    EXPECT_EQ(journal_->record().result(3)->state, record::TrialState::failed);
    EXPECT_EQ(journal_->record().result(4)->state, record::TrialState::done);
}

}  // namespace
}  // namespace msunet::dispatch
