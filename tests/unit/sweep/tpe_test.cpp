// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/suggester.hpp"

namespace msunet::sweep {
namespace {

using record::TrialId;

std::vector<core::Value> numbers(std::int64_t count) {
    std::vector<core::Value> values;
    for (std::int64_t i = 0; i < count; ++i) values.emplace_back(i);
    return values;
}

std::vector<core::Value> words(int count) {
    std::vector<core::Value> values;
    for (int i = 0; i < count; ++i) values.emplace_back(core::concat("word", i));
    return values;
}

/// 960 permutations: three axes of numbers, two of words.
ParameterGrid mixed_grid() {
    return ParameterGrid({{"a", numbers(8)},
                          {"b", numbers(5)},
                          {"c", numbers(4)},
                          {"u", words(3)},
                          {"v", words(2)}});
}

/// Best, 0, at one place of the grid; smooth over numbers, without order over words.
double objective(const ParameterGrid& grid, TrialId trial) {
    const auto at = record::positions_of(grid.lists(), trial);
    const auto square = [](std::size_t position, double best, double scale) {
        return std::pow((static_cast<double>(position) - best) / scale, 2);
    };
    constexpr double of_u[] = {0.3, 0, 0.4};
    constexpr double of_v[] = {0.2, 0};
    return -square(at[0], 5, 7) - square(at[1], 1, 4) - square(at[2], 2, 3) - of_u[at[3]] -
           of_v[at[4]];
}

TpeSettings settings_of(std::uint64_t seed) {
    TpeSettings settings;
    settings.seed = seed;
    settings.metric = "val_dice_coef";
    return settings;
}

/// The best of `rounds` suggestions, of which `at_once` run at the same time.
double best_found(const ParameterGrid& grid, TpeSettings settings, int rounds,
                  std::size_t at_once = 1) {
    const auto suggester = tpe(grid, std::move(settings));
    double best = -std::numeric_limits<double>::infinity();
    std::vector<TrialId> running;
    for (int i = 0; i < rounds; ++i) {
        running.push_back(suggester->suggest().value());
        if (running.size() < at_once) continue;
        const double value = objective(grid, running.front());
        best = std::max(best, value);
        suggester->ended(running.front(), value);
        running.erase(running.begin());
    }
    return best;
}

double median_best(TpeSettings settings, int rounds, std::size_t at_once = 1) {
    const ParameterGrid grid = mixed_grid();
    std::vector<double> found;
    for (std::uint64_t seed = 0; seed < 41; ++seed) {
        settings.seed = seed;
        found.push_back(best_found(grid, settings, rounds, at_once));
    }
    std::ranges::sort(found);
    return found[found.size() / 2];
}

/// Never leaves the uniform draws at the start.
TpeSettings random_settings() {
    auto settings = settings_of(0);
    settings.startup = std::numeric_limits<std::size_t>::max();
    return settings;
}

TEST(Tpe, BeatsRandomDraws) {
    const double random = median_best(random_settings(), 60);
    EXPECT_LT(random, -0.05);
    EXPECT_GT(median_best(settings_of(0), 60), random / 4);
}

TEST(Tpe, BeatsRandomDrawsWithEightAtOnce) {
    EXPECT_GT(median_best(settings_of(0), 80, 8), median_best(random_settings(), 80, 8) / 2);
}

/// The suggestions for `rounds` results, where `value` is that of a permutation.
template <class Value>
std::vector<TrialId> suggestions(Suggester& suggester, int rounds, const Value& value) {
    std::vector<TrialId> trials;
    for (int i = 0; i < rounds; ++i) {
        const auto next = suggester.suggest();
        if (!next) break;
        trials.push_back(*next);
        suggester.ended(*next, value(*next));
    }
    return trials;
}

TEST(Tpe, IsTheSameForTheSameSeedAlone) {
    const ParameterGrid grid = mixed_grid();
    const auto run = [&](std::uint64_t seed) {
        return suggestions(*tpe(grid, settings_of(seed)), 40,
                           [&](TrialId trial) { return objective(grid, trial); });
    };
    EXPECT_EQ(run(3), run(3));
    EXPECT_NE(run(3), run(4));
}

TEST(Tpe, MinimisesALoss) {
    const ParameterGrid grid = mixed_grid();
    const auto by_dice = suggestions(*tpe(grid, settings_of(1)), 40,
                                     [&](TrialId trial) { return objective(grid, trial); });
    auto settings = settings_of(1);
    settings.metric = "val_loss";
    const auto by_loss = suggestions(*tpe(grid, settings), 40,
                                     [&](TrialId trial) { return -objective(grid, trial); });
    EXPECT_EQ(by_dice, by_loss);
}

TEST(Tpe, SuggestsEveryPermutationOnceAndThenNone) {
    const ParameterGrid grid({{"a", numbers(6)}, {"u", words(5)}, {"x", numbers(1)}});
    const auto trials = suggestions(*tpe(grid, settings_of(2)), 1000,
                                    [](TrialId trial) { return static_cast<double>(trial % 7); });
    EXPECT_EQ(trials.size(), grid.size());
    EXPECT_EQ(std::set(trials.begin(), trials.end()).size(), grid.size());
}

TEST(Tpe, SuggestsTheOnlyPermutationOfAGridWithoutChoice) {
    const auto suggester = tpe(ParameterGrid({}), settings_of(1));
    EXPECT_EQ(suggester->suggest(), 0U);
    EXPECT_EQ(suggester->suggest(), std::nullopt);
}

TEST(Tpe, SuggestsOnlyWhatIsAccepted) {
    const ParameterGrid grid = mixed_grid();
    const auto suggester = tpe(grid, settings_of(1), [](TrialId trial) { return trial % 24 == 5; });
    const auto trials =
        suggestions(*suggester, 1000, [&](TrialId trial) { return objective(grid, trial); });
    EXPECT_EQ(trials.size(), grid.size() / 24);
    EXPECT_THAT(trials, testing::Each(testing::ResultOf([](TrialId t) { return t % 24; }, 5U)));
}

TEST(Tpe, EndsWhereAHugeGridHasNothingAcceptable) {
    const ParameterGrid grid({{"a", numbers(2000)}, {"b", numbers(2000)}});
    EXPECT_EQ(tpe(grid, settings_of(1), [](TrialId /*trial*/) { return false; })->suggest(),
              std::nullopt);
}

TEST(Tpe, CountsWhatHasNoValueAsBad) {
    const ParameterGrid grid({{"a", numbers(20)}, {"b", numbers(20)}});
    // Permutations with a large `a` fail; those with a small one are all alike.
    const auto suggester = tpe(grid, settings_of(5));
    const auto trials = suggestions(*suggester, 60, [](TrialId trial) -> std::optional<double> {
        if (trial / 20 >= 10) return trial % 2 == 0 ? std::nullopt : std::optional(std::nan(""));
        return 0.5;
    });
    const auto failing = std::count_if(trials.begin() + 30, trials.end(),
                                       [](TrialId trial) { return trial / 20 >= 10; });
    EXPECT_LE(failing, 3);
}

TEST(Tpe, AvoidsThePlacesWhereOthersRun) {
    const ParameterGrid grid({{"a", numbers(200)}});
    const auto is_near_best = [](TrialId trial) { return trial > 110 && trial < 130; };
    // Seeds for which the next suggestion lies close to that region.
    const auto close = [&](bool they_run) {
        int count = 0;
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto suggester =
                tpe(grid, settings_of(seed), [&](TrialId trial) { return !is_near_best(trial); });
            (void)suggestions(*suggester, 20, [](TrialId trial) {
                return -std::abs(static_cast<double>(trial) - 120);
            });
            for (TrialId trial = 111; they_run && trial < 130; ++trial) {
                suggester->suggested(trial);
            }
            const auto next = static_cast<double>(suggester->suggest().value());
            if (std::abs(next - 120) < 25) ++count;
        }
        return count;
    };
    EXPECT_LT(2 * close(true), close(false));
}

TEST(Tpe, GoesOnAfterAReplayAtAnyPoint) {
    const ParameterGrid grid = mixed_grid();
    struct Event {
        bool is_end = false;
        TrialId trial = 0;
    };
    // Three at once, so that a replay also finds running permutations.
    std::vector<Event> events;
    const auto original = tpe(grid, settings_of(9));
    std::vector<TrialId> running;
    for (int i = 0; i < 30; ++i) {
        running.push_back(original->suggest().value());
        events.push_back({false, running.back()});
        if (running.size() < 3) continue;
        original->ended(running.front(), objective(grid, running.front()));
        events.push_back({true, running.front()});
        running.erase(running.begin());
    }
    for (std::size_t killed = 0; killed < events.size(); ++killed) {
        if (events[killed].is_end) continue;
        // A record holds the suggestions in their order, and the results by id.
        std::vector<Event> recorded(events.begin(), events.begin() + static_cast<long>(killed));
        const auto ends = std::ranges::stable_partition(
            recorded, [](const Event& event) { return !event.is_end; });
        std::ranges::sort(ends, {}, &Event::trial);
        const auto resumed = tpe(grid, settings_of(9));
        for (const Event& event : recorded) {
            if (event.is_end) {
                resumed->ended(event.trial, objective(grid, event.trial));
            } else {
                resumed->suggested(event.trial);
            }
        }
        ASSERT_EQ(resumed->suggest(), events[killed].trial) << "after " << killed << " events";
    }
}

}  // namespace
}  // namespace msunet::sweep
