// SPDX-License-Identifier: Apache-2.0
// Random sweeps and searches: messages that are late, trials that fail, jobs that get signals, run
// into limits or die at any moment; the program is started again until nothing is left to do.

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
    if (random.chance(0.3)) result.failure = random.uniform(0, 0.1);
    while (random.chance(0.3)) result.killers.insert(2 * random.below(trials));
    return result;
}

/// A sweep of every second permutation of its grid, of which some share their training, unless some
/// are suggested while it runs.
Disk disk_of(core::RandomStream& random, std::size_t permutations,
             const sweep::SearchRules& rules) {
    record::SweepStart start;
    start.metric = "dice_coef";
    if (random.chance(0.5)) {
        start.folding = {2 + random.below(2), 1 + random.below(2),
                         rules.kind != sweep::StrategyKind::grid};
    }
    if (start.folding.any()) permutations = std::min<std::size_t>(permutations, 5);
    const bool compares_all =
        rules.kind == sweep::StrategyKind::halving || rules.kind == sweep::StrategyKind::hyperband;
    const std::size_t suggested = !compares_all && random.chance(0.3) ? random.below(5) : 0;
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

void expect_complete(const Disk& disk, const Dangers& dangers) {
    for (const TrialId trial : disk.record.start.trials) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        if (disk.record.is_left_out(trial)) {
            if (disk.record.start.trials_of(disk.record.training_of(trial)).size() == 1) {
                EXPECT_FALSE(disk.epochs_trained.contains(trial)) << "its permutation is stopped";
            }
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
        if (history.empty()) continue;  // stopped before its start
        const auto& trained = disk.epochs_trained.at(training);
        for (std::int64_t epoch = 0; epoch < std::ssize(history); ++epoch) {
            EXPECT_EQ(history[static_cast<std::size_t>(epoch)].epoch, epoch);
            EXPECT_GE(trained.count(epoch), 1U) << "epoch " << epoch;
            if (dangers.kill == 0 && dangers.killers.empty()) {
                EXPECT_EQ(trained.count(epoch), 1U) << "epoch " << epoch;
            }
        }
    }
}

sweep::SearchRules any_rules(core::RandomStream& random) {
    sweep::SearchRules rules;
    rules.kind = static_cast<sweep::StrategyKind>(random.below(4));
    rules.factor = static_cast<std::int64_t>(2 + random.below(2));
    rules.seed = random.below(100);
    if (random.chance(0.2)) rules.budget = static_cast<std::int64_t>(random.below(60));
    return rules;
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

void run_sweep(core::RandomStream& random, Disk& disk, const sweep::SearchRules& rules,
               GroupId groups, const Dangers& all) {
    for (int start = 0; disk.record.unfinished() > 0; ++start) {
        ASSERT_LT(start, 2000) << "it never ends";
        if (start > 0) resume(disk);
        auto suggestions = suggestions_of(disk);
        auto resumed = rules;
        resumed.expected = suggestions.left;
        auto strategy = sweep::make_strategy(resumed, sweep::trainings(disk.record, epochs));
        SimulatedJob job(random, disk, groups, all, std::move(strategy), std::move(suggestions));
        if (job.run()) disk.write(record::Stopped{record::StopReason::signal, disk.now});
        if (testing::Test::HasFailure()) return;
    }
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
void expect_same_as_undisturbed(core::RandomStream& random, const Disk& disk,
                                const sweep::SearchRules& rules) {
    Disk calm;
    calm.write(disk.record.start);
    run_sweep(random, calm, rules, 1, {});
    EXPECT_EQ(table_of(disk), table_of(calm));
}

std::int64_t epochs_trained(const Disk& disk) {
    std::int64_t sum = 0;
    for (const auto& entry : disk.epochs_trained) sum += std::ssize(entry.second);
    return sum;
}

/// With folds: what is done on the first one has a result on all, and no other one is whole.
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
    auto rules = any_rules(random);
    Disk disk = disk_of(random, trials, rules);
    if (disk.record.start.folding.first_decides) {
        rules.on_other_folds = static_cast<std::int64_t>(disk.record.start.folding.trials()) - 1;
    }
    run_sweep(random, disk, rules, groups, all);
    if (testing::Test::HasFailure()) return;
    expect_complete(disk, all);
    expect_whole_permutations(disk.record);
    const bool failed = std::ranges::any_of(disk.record.results(), [](const auto* result) {
        return result->state == record::TrialState::failed;
    });
    const bool has_budget = rules.budget && rules.kind != sweep::StrategyKind::grid;
    if (has_budget && all.kill == 0 && all.killers.empty()) {
        EXPECT_LE(epochs_trained(disk), *rules.budget);
    }
    const bool depends_on_order =
        rules.kind == sweep::StrategyKind::asha || disk.record.start.rounds > 0;
    if (!failed && !depends_on_order) {
        expect_same_as_undisturbed(random, disk, rules);
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
