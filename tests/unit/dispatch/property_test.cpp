// SPDX-License-Identifier: Apache-2.0
// Random sweeps: messages that are late, trials that fail, jobs that get signals, run into limits
// or die at any moment; the program is started again until nothing is left to do.

#include "simulated_job.hpp"

namespace msunet::dispatch {
namespace {

constexpr std::int64_t epochs = 5;

/// All trials to the second epoch, then all of them to the end.
class TwoRungs final : public sweep::Strategy {
public:
    explicit TwoRungs(const record::SweepRecord& record) : record_(record) {}

    std::vector<sweep::Work> begin(const std::vector<TrialId>& trials) override {
        std::vector<sweep::Work> work;
        for (const TrialId trial : trials) {
            const auto* known = record_.find(trial);
            if (known != nullptr && known->progress.checkpoint &&
                known->progress.checkpoint->epoch >= 2) {
                at_second_.push_back(trial);
            } else {
                below_.insert(trial);
                work.push_back({trial, 2});
            }
        }
        return below_.empty() ? promoted() : work;
    }
    std::vector<sweep::Work> paused(TrialId trial, const record::EpochReport& last) override {
        EXPECT_GE(last.epoch, 1);
        at_second_.push_back(trial);
        return leave_first(trial);
    }
    std::vector<sweep::Work> ended(TrialId trial) override { return leave_first(trial); }

private:
    std::vector<sweep::Work> leave_first(TrialId trial) {
        const bool was_last = below_.erase(trial) > 0 && below_.empty();
        return was_last ? promoted() : std::vector<sweep::Work>();
    }
    std::vector<sweep::Work> promoted() const {
        std::vector<sweep::Work> work;
        for (const TrialId trial : at_second_) work.push_back({trial, std::nullopt});
        return work;
    }

    const record::SweepRecord& record_;
    std::set<TrialId> below_;  ///< have not reached the second epoch
    std::vector<TrialId> at_second_;
};

Dangers dangers(core::RandomStream& random, std::size_t trials) {
    Dangers result;
    if (random.chance(0.5)) result.kill = random.uniform(0, 0.02);
    if (random.chance(0.5)) result.signal = random.uniform(0, 0.02);
    if (random.chance(0.3)) result.limit = random.uniform(0, 0.5);
    if (random.chance(0.3)) result.failure = random.uniform(0, 0.1);
    while (random.chance(0.3)) result.killers.insert(2 * random.below(trials));
    return result;
}

/// A sweep of every second permutation of its grid.
Disk disk_of(std::size_t trials) {
    record::SweepStart start;
    for (std::size_t i = 0; i < 2 * trials; ++i) {
        start.grid["n"].emplace_back(static_cast<std::int64_t>(i));
    }
    for (std::size_t i = 0; i < trials; ++i) start.trials.push_back(2 * i);
    Disk disk;
    disk.write(start);
    return disk;
}

/// What a start does before training: it adopts results that the journal lacks.
void resume(Disk& disk) {
    disk.write(record::Resumed{{}, {}, disk.now});
    for (const auto& [trial, result] : disk.result_files) {
        if (disk.record.result(trial) == nullptr) {
            disk.write(record::TrialFinished{result, disk.now});
        }
    }
}

void expect_complete(const Disk& disk, const Dangers& dangers) {
    for (const TrialId trial : disk.record.start.trials) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        ASSERT_TRUE(disk.results_in_journal.contains(trial));
        EXPECT_EQ(disk.results_in_journal.at(trial), 1);
        const bool failed = disk.record.result(trial)->state == record::TrialState::failed;
        if (dangers.killers.contains(trial)) {
            EXPECT_TRUE(failed) << "it can't have ended";
            continue;
        }
        if (dangers.kill == 0 && dangers.failure == 0) {
            EXPECT_FALSE(failed) << "another trial killed the job";
        }
        if (failed) continue;
        const auto& trained = disk.epochs_trained.at(trial);
        for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
            EXPECT_GE(trained.count(epoch), 1U) << "epoch " << epoch;
            if (dangers.kill == 0 && dangers.killers.empty()) {
                EXPECT_EQ(trained.count(epoch), 1U) << "epoch " << epoch;
            }
        }
    }
}

void run_sweep(core::RandomStream& random) {
    const std::size_t trials = 1 + random.below(14);
    const auto groups = static_cast<GroupId>(1 + random.below(5));
    const Dangers all = dangers(random, trials);
    const bool in_rungs = random.chance(0.3);
    Disk disk = disk_of(trials);
    for (int start = 0; disk.record.unfinished() > 0; ++start) {
        ASSERT_LT(start, 2000) << "it never ends";
        if (start > 0) resume(disk);
        auto strategy = in_rungs ? std::make_unique<TwoRungs>(disk.record) : sweep::grid_strategy();
        SimulatedJob job(random, disk, groups, all, std::move(strategy), epochs);
        if (job.run()) disk.write(record::Stopped{record::StopReason::signal, disk.now});
        if (testing::Test::HasFailure()) return;
    }
    expect_complete(disk, all);
}

TEST(DispatchProperty, EveryTrialEndsOnceWhateverHappens) {
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("dispatch")}));
        run_sweep(random);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace msunet::dispatch
