// SPDX-License-Identifier: Apache-2.0
// Random sweeps and searches: messages that are late, trials that fail, jobs that get signals, run
// into limits or die at any moment; the program is started again until nothing is left to do.

#include <numeric>

#include "msunet/record/by_permutation.hpp"
#include "simulated_job.hpp"

namespace msunet::dispatch {
namespace {

constexpr std::int64_t epochs = 5;

Dangers dangers(core::RandomStream& random, std::size_t trials) {
    Dangers result;
    if (random.chance(0.5)) result.kill = random.uniform(0, 0.02);
    if (random.chance(0.5)) result.signal = random.uniform(0, 0.02);
    if (random.chance(0.3)) result.limit = random.uniform(0, 0.5);
    if (random.chance(0.4)) result.failure = random.uniform(0, 0.2);
    if (random.chance(0.3)) result.target = random.uniform(0, 0.5);
    if (random.chance(0.5)) result.retry = random.uniform(0, 1);
    while (random.chance(0.3)) result.killers.insert(2 * random.below(trials));
    return result;
}

record::Configuration any_configuration(core::RandomStream& random, sweep::StrategyKind kind) {
    record::Configuration configuration{{"strategy", std::string(core::name_of(kind))},
                                        {"reduction_factor", std::to_string(2 + random.below(2))},
                                        {"seed", std::to_string(random.below(100))}};
    if (random.chance(0.2)) {
        configuration.push_back({"strategy_budget", std::to_string(random.below(60))});
    }
    return configuration;
}

/// A sweep of every second permutation of its grid, of which some share their training, unless some
/// are suggested while it runs.
Disk disk_of(core::RandomStream& random, std::size_t permutations) {
    const auto kind = static_cast<sweep::StrategyKind>(random.below(4));
    record::SweepStart start;
    start.metric = "dice_coef";
    start.configuration = any_configuration(random, kind);
    if (random.chance(0.5)) {
        start.folding = {2 + random.below(2), 1 + random.below(2),
                         kind != sweep::StrategyKind::grid};
    }
    if (start.folding.any()) permutations = std::min<std::size_t>(permutations, 5);
    const bool may_suggest = !sweep::waits_at_rungs(kind);
    const std::size_t suggested = may_suggest && random.chance(0.3) ? random.below(5) : 0;
    const double share = suggested == 0 && random.chance(0.5) ? random.uniform(0, 1) : 0;
    std::vector<TrialId> selected;
    std::vector<std::vector<TrialId>> shared;
    for (std::size_t i = 0; i < 2 * permutations; ++i) {
        const auto shorter = 1 + static_cast<std::int64_t>(random.below(epochs));
        start.grid["epochs"].emplace_back(share > 0 ? shorter : epochs);
    }
    for (std::size_t i = 0; i < permutations; ++i) {
        selected.push_back(2 * i);
        if (shared.empty() || !random.chance(share)) shared.emplace_back();
        shared[random.below(shared.size())].push_back(2 * i);
    }
    std::erase_if(shared, [&](const auto& ids) { return suggested > 0 || ids.size() < 2; });
    std::ranges::sort(shared);
    start.trials = record::trials_of_permutations(start.folding, selected);
    start.shared = record::shared_by_fold(start.folding, shared);
    if (suggested > 0) start.rounds = start.trials.size() + suggested * start.folding.trials();
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

/// What a start does that tries failed trials again (record::retry_failed).
void retry_failed(Disk& disk) {
    std::vector<TrialId> failed;
    for (const auto* result : disk.record.results()) {
        if (result->state == record::TrialState::failed) failed.push_back(result->trial);
    }
    for (const TrialId trial : failed) {
        disk.write(record::TrialRetried{trial, disk.now});
        disk.result_files.erase(trial);
        disk.results_in_journal.erase(trial);
    }
    if (!failed.empty()) ++disk.retries;
}

/// A trial that is left out has no result, and none of its training's epochs were for it.
void expect_untrained(const Disk& disk, TrialId trial) {
    const auto& record = disk.record;
    EXPECT_FALSE(disk.results_in_journal.contains(trial));
    EXPECT_FALSE(disk.result_files.contains(trial));
    const TrialId training = record.training_of(trial);
    const auto trained = disk.epochs_trained.find(training);
    if (trained == disk.epochs_trained.end()) return;
    std::int64_t longest = 0;
    for (const TrialId other : record.start.trials_of(training)) {
        if (record.is_left_out(other)) continue;
        longest = std::max(longest, sweep::planned_epochs(record.permutation(other), epochs));
    }
    EXPECT_LT(*trained->second.rbegin(), longest);
}

void expect_complete(const Disk& disk, const Dangers& dangers) {
    for (const TrialId trial : disk.record.start.trials) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        if (disk.record.is_left_out(trial)) {
            expect_untrained(disk, trial);
            continue;
        }
        ASSERT_TRUE(disk.results_in_journal.contains(trial));
        EXPECT_EQ(disk.results_in_journal.at(trial), 1);
        const auto state = disk.record.result(trial)->state;
        const bool failed = state == record::TrialState::failed;
        const TrialId training = disk.record.training_of(trial);
        if (dangers.killers.contains(training) && state != record::TrialState::stopped) {
            EXPECT_TRUE(failed) << "it can't have ended";
            continue;
        }
        if (dangers.kill == 0 && dangers.failure == 0) {
            EXPECT_FALSE(failed) << "another trial killed the job";
        }
        if (failed) continue;
        const auto& history = disk.record.result(trial)->history;
        if (state == record::TrialState::done) {
            const auto planned = sweep::planned_epochs(disk.record.permutation(trial), epochs);
            EXPECT_EQ(std::ssize(history), planned);
        }
        if (history.empty()) continue;  // stopped before its start
        const auto& trained = disk.epochs_trained.at(training);
        for (std::int64_t epoch = 0; epoch < std::ssize(history); ++epoch) {
            EXPECT_EQ(history[static_cast<std::size_t>(epoch)].epoch, epoch);
            EXPECT_GE(trained.count(epoch), 1U) << "epoch " << epoch;
            if (dangers.kill == 0 && dangers.killers.empty() && disk.retries == 0) {
                EXPECT_EQ(trained.count(epoch), 1U) << "epoch " << epoch;
            }
        }
    }
}

sweep::Suggestions suggestions_of(const Disk& disk) {
    const auto& record = disk.record;
    sweep::Suggestions suggestions;
    suggestions.left = sweep::suggestions_left(record);
    if (suggestions.left == 0) return suggestions;
    suggestions.sampling.emplace(
        sweep::tpe(sweep::ParameterGrid(record.start.grid), {.metric = record.start.metric}, {}),
        record.start.folding);
    sweep::replay(record, *suggestions.sampling);
    suggestions.plan = [&record](TrialId trial) {
        return sweep::plan_of(record, trial, [](const core::Permutation&) { return 1.0; });
    };
    suggestions.training = [&record](TrialId trial) {
        return sweep::training_of(record, trial, epochs);
    };
    return suggestions;
}

/// Whether the mean of a permutation all of whose trials are done reaches the target: not by the
/// program's own means.
bool reaches(const record::SweepRecord& record, const sweep::PerformanceTarget& target) {
    constexpr double rounding = 1e-12;
    std::map<TrialId, std::vector<double>> values;
    for (const auto* result : record.results()) {
        if (result->state != record::TrialState::done) continue;
        values[record.start.folding.permutation(result->trial)].push_back(
            result->history.back().metrics.dice_coef);
    }
    return std::ranges::any_of(values, [&](const auto& entry) {
        const auto& of_trials = entry.second;
        const double sum = std::accumulate(of_trials.begin(), of_trials.end(), 0.0);
        return of_trials.size() == record.start.folding.trials() &&
               sum / static_cast<double>(of_trials.size()) >= target.value - rounding;
    });
}

/// A target ends a sweep where it is reached, and nothing else does without a signal or a limit.
void expect_cause(const SimulatedJob& job, sweep::Ending ending,
                  const record::SweepRecord& record) {
    const SweepLimits& limits = job.limits();
    const bool reached = limits.target && reaches(record, *limits.target);
    if (ending == sweep::Ending::target) {
        EXPECT_TRUE(reached);
    }
    if (record.unfinished() > 0 && !job.signalled() && !limits.time_limit && !limits.stop_before) {
        EXPECT_EQ(ending, sweep::Ending::target);
    }
}

void run_sweep(core::RandomStream& random, Disk& disk, GroupId groups, const Dangers& all) {
    constexpr int most_retries = 3;
    for (int start = 0; disk.record.unfinished() > 0; ++start) {
        ASSERT_LT(start, 2000) << "it never ends";
        if (start > 0) {
            resume(disk);
            if (disk.retries < most_retries && random.chance(all.retry)) retry_failed(disk);
        }
        auto suggestions = suggestions_of(disk);
        auto rules = sweep::rules_of(disk.record.start);
        rules.expected = suggestions.left;
        auto strategy = sweep::make_strategy(rules, sweep::trainings(disk.record, epochs));
        SimulatedJob job(random, disk, groups, all, std::move(strategy), std::move(suggestions));
        if (const auto ending = job.run()) {
            disk.write(record::Stopped{record::StopReason::signal, disk.now});
            expect_cause(job, *ending, disk.record);
        }
        if (testing::Test::HasFailure()) return;
    }
}

/// Once a sweep is complete a later start may try again what has failed.
void run_again(core::RandomStream& random, Disk& disk, GroupId groups, const Dangers& all) {
    if (!random.chance(all.retry)) return;
    disk.write(record::Finished{disk.now});
    disk.write(record::Resumed{{}, {}, disk.now});
    retry_failed(disk);
    run_sweep(random, disk, groups, all);
}

/// "3 done 5", …
std::vector<std::string> table_of(const Disk& disk) {
    std::vector<std::string> rows;
    for (const auto* result : disk.record.results()) {
        rows.push_back(std::to_string(result->trial) + " " +
                       std::string(core::name_of(result->state)) + " " +
                       std::to_string(result->history.size()));
    }
    return rows;
}

/// A synchronous search decides the same on one group that nothing disturbs.
void expect_same_as_undisturbed(core::RandomStream& random, const Disk& disk) {
    Disk calm;
    calm.write(disk.record.start);
    run_sweep(random, calm, 1, {});
    EXPECT_EQ(table_of(disk), table_of(calm));
}

std::int64_t epochs_trained(const Disk& disk) {
    std::int64_t sum = 0;
    for (const auto& entry : disk.epochs_trained) sum += std::ssize(entry.second);
    return sum;
}

/// With folds: what is done on the first one has a result on all, and no other one is whole. The
/// rule is written again here, apart from record::Folding's.
void expect_whole_permutations(const record::SweepRecord& record) {
    EXPECT_EQ(record.unfinished(), 0U);
    const auto& folding = record.start.folding;
    for (const TrialId trial : record.start.trials) {
        if (folding.number(trial) > 0) continue;
        const TrialId permutation = folding.permutation(trial);
        const auto whole = record::permutation_result(record, permutation);
        ASSERT_TRUE(whole);
        const auto trials = record::trial_results(record, permutation).size();
        const bool decided =
            folding.first_decides && record.result(trial)->state != record::TrialState::done;
        EXPECT_EQ(trials, decided ? 1 : folding.trials());
        if (decided) {
            EXPECT_EQ(whole->state, record.result(trial)->state);
        }
    }
}

void run_any_sweep(core::RandomStream& random) {
    const std::size_t trials = 1 + random.below(14);
    const auto groups = static_cast<GroupId>(1 + random.below(5));
    const Dangers all = dangers(random, trials);
    Disk disk = disk_of(random, trials);
    run_sweep(random, disk, groups, all);
    if (testing::Test::HasFailure()) return;
    run_again(random, disk, groups, all);
    if (testing::Test::HasFailure()) return;
    expect_complete(disk, all);
    expect_whole_permutations(disk.record);
    const bool failed = std::ranges::any_of(disk.record.results(), [](const auto* result) {
        return result->state == record::TrialState::failed;
    });
    const auto rules = sweep::rules_of(disk.record.start);
    const bool has_budget = rules.budget && rules.kind != sweep::StrategyKind::grid;
    if (has_budget && all.kill == 0 && all.killers.empty() && disk.retries == 0) {
        EXPECT_LE(epochs_trained(disk), *rules.budget);
    }
    const bool depends_on_order =
        rules.kind == sweep::StrategyKind::asha || disk.record.start.rounds > 0;
    if (!failed && !depends_on_order && disk.retries == 0) {
        expect_same_as_undisturbed(random, disk);
    }
}

TEST(DispatchProperty, EveryTrialEndsOnceWhateverHappens) {
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("dispatch")}));
        run_any_sweep(random);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace msunet::dispatch
