// SPDX-License-Identifier: Apache-2.0
// Random searches: results in any order, trials that fail or have no value, any number of groups,
// and jobs that die between any two lines of the journal.

#include <gtest/gtest.h>

#include "simulated_search.hpp"

namespace msunet::sweep {
namespace {

struct Case {
    SearchRules rules;
    std::vector<Training> trainings;
    std::set<TrialId> failing;
    std::map<std::pair<TrialId, std::int64_t>, std::optional<double>> values;
};

Case any_case(core::RandomStream& random, StrategyKind kind) {
    Case result;
    result.rules.kind = kind;
    result.rules.factor = static_cast<std::int64_t>(2 + random.below(3));
    result.rules.min_epochs = static_cast<std::int64_t>(1 + random.below(3));
    result.rules.lower_is_better = random.chance(0.5);
    result.rules.seed = random.next_u64();
    const std::size_t count = random.below(40);
    const auto epochs = static_cast<std::int64_t>(1 + random.below(30));
    result.trainings = trainings(count, epochs);
    const bool mixed = random.chance(0.4);
    for (Training& training : result.trainings) {
        if (mixed) training.epochs = static_cast<std::int64_t>(random.below(30));
        while (mixed && training.epochs > 1 && random.chance(0.3)) {
            const auto most = static_cast<std::uint64_t>(training.epochs) - 1;
            training.shorter.push_back(static_cast<std::int64_t>(1 + random.below(most)));
        }
        if (random.chance(0.1)) result.failing.insert(training.trial);
        for (std::int64_t epoch = 1; epoch <= training.epochs; ++epoch) {
            auto& value = result.values[{training.trial, epoch}];
            // Few values, so that there are ties.
            if (!random.chance(0.1)) value = static_cast<double>(random.below(5));
        }
    }
    if (random.chance(0.3))
        result.rules.on_other_folds = static_cast<std::int64_t>(random.below(4));
    if (random.chance(0.3)) result.rules.budget = static_cast<std::int64_t>(random.below(300));
    return result;
}

SimulatedSearch searched(const Case& what, core::RandomStream& random, double kill,
                         bool make_again = false) {
    SimulatedSearch search(what.rules, what.trainings, [&](TrialId trial, std::int64_t epochs) {
        return what.values.at({trial, epochs});
    });
    search.groups = 1 + random.below(6);
    search.kill = kill;
    search.make_again = make_again;
    search.failing = what.failing;
    search.random = core::RandomStream(random.next_u64());
    search.run();
    if (what.rules.budget) {
        EXPECT_LE(search.assigned(), *what.rules.budget);
    }
    return search;
}

TEST(SearchProperty, SynchronousOnesDecideTheSameInAnyOrderAndAfterAnyKill) {
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("search")}));
        const Case what =
            any_case(random, random.chance(0.5) ? StrategyKind::halving : StrategyKind::hyperband);
        const auto expected = searched(what, random, 0).table();
        EXPECT_EQ(searched(what, random, 0).table(), expected);
        EXPECT_EQ(searched(what, random, random.uniform(0, 0.3)).table(), expected);
        const auto planned = planned_epochs(what.rules, what.trainings);
        EXPECT_LE(searched(what, random, 0).assigned(), planned);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(SearchProperty, AshaGivesEveryTrialItsEndOnceWhateverHappens) {
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("asha")}));
        const Case what = any_case(random, StrategyKind::asha);
        (void)searched(what, random, random.chance(0.5) ? random.uniform(0, 0.3) : 0);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(SearchProperty, OneThatIsMadeAgainDecidesAsTheFirstWouldHave) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        core::RandomStream random(core::derive_seed(seed, {core::seed_label("again")}));
        const Case what = any_case(random, static_cast<StrategyKind>(1 + seed % 3));
        (void)searched(what, random, 0, true);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace msunet::sweep
