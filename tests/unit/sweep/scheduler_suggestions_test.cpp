// SPDX-License-Identifier: Apache-2.0
// The scheduler with a sampler that suggests trials while the sweep runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scheduler_actions.hpp"

namespace msunet::sweep {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// Suggests `first`, `first` + 1, … below `end`, and notes what has ended.
class Counting final : public Suggester {
public:
    Counting(record::TrialId first, record::TrialId end, std::vector<std::string>& notes)
        : next_(first), end_(end), notes_(notes) {}
    std::optional<record::TrialId> suggest() override {
        return next_ < end_ ? std::optional(next_++) : std::nullopt;
    }
    void suggested(record::TrialId /*trial*/) override {}
    void ended(record::TrialId trial, std::optional<double> value) override {
        notes_.push_back(std::to_string(trial) + ": " +
                         (value ? std::to_string(*value).substr(0, 3) : "none"));
    }

private:
    record::TrialId next_;
    record::TrialId end_;
    std::vector<std::string>& notes_;
};

Scheduler suggesting(std::vector<TrialPlan> all, GroupId groups, std::uint64_t left,
                     std::vector<std::string>& notes, record::TrialId end = 100) {
    Suggestions suggestions;
    suggestions.sampling.emplace(std::make_unique<Counting>(all.size(), end, notes));
    suggestions.left = left;
    suggestions.plan = [](record::TrialId trial) { return plan(trial); };
    suggestions.training = [](record::TrialId trial) {
        Training training;
        training.trial = trial;
        return training;
    };
    return Scheduler(std::move(all), groups, grid_strategy(), values_of, std::move(suggestions));
}

TEST(SchedulerSuggestions, AsksForASuggestionWhenAGroupIsIdleAndNothingWaits) {
    std::vector<std::string> notes;
    Scheduler s = suggesting(equal_plans(1), 2, 2, notes);
    EXPECT_THAT(texts(s.start()), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(s.on(GroupReady{1})), ElementsAre("suggest 1", "assign 1 to 1"));
    // A group that trains gets none ahead: the next result may matter.
    EXPECT_THAT(texts(s.on(GroupReady{0})), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialStarted{0, 0})), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0, false, 0.5})),
                ElementsAre("suggest 2", "assign 2 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{1, 1, true, {}})), IsEmpty());
    EXPECT_THAT(texts(s.on(TrialEnded{0, 2, false, 0.7})), ElementsAre("end complete"));
    EXPECT_THAT(notes, ElementsAre("0: 0.5", "1: none", "2: 0.7"));
}

TEST(SchedulerSuggestions, EndsWhereNothingIsLeftToSuggest) {
    std::vector<std::string> notes;
    Scheduler s = suggesting(equal_plans(1), 1, 5, notes, 2);
    EXPECT_THAT(texts(s.start()), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0, false, 0.5})), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("suggest 1", "assign 1 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1, false, 0.5})), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("no more suggestions", "end complete"));
}

TEST(SchedulerSuggestions, SuggestsNothingAfterALimit) {
    std::vector<std::string> notes;
    Scheduler s = suggesting(equal_plans(1), 1, 5, notes);
    EXPECT_THAT(texts(s.start()), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(s.on(TargetReached{})), ElementsAre("drain"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0, false, 0.5})), ElementsAre("end target"));
}

TEST(SchedulerSuggestions, OfPermutationsWithFoldsAreHeardOfAsMeans) {
    std::vector<std::string> notes;
    Suggestions suggestions;
    suggestions.sampling.emplace(std::make_unique<Counting>(1, 100, notes), record::Folding{2, 1});
    suggestions.left = 1;
    suggestions.plan = [](record::TrialId trial) { return plan(trial); };
    suggestions.training = [](record::TrialId trial) {
        Training training;
        training.trial = trial;
        return training;
    };
    Scheduler s(equal_plans(2), 1, grid_strategy(), values_of, std::move(suggestions));
    EXPECT_THAT(texts(s.start()), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 0 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 0, false, 0.5})), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 1 to 0"));
    EXPECT_THAT(notes, IsEmpty()) << "a fold is missing";
    EXPECT_THAT(texts(s.on(TrialEnded{0, 1, false, 0.7})), IsEmpty());
    EXPECT_THAT(notes, ElementsAre("0: 0.6"));
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("suggest 2", "assign 2 to 0"))
        << "permutation 1 by its first trial";
    EXPECT_THAT(texts(s.on(TrialEnded{0, 2, true, {}})), IsEmpty());
    EXPECT_THAT(texts(s.on(GroupReady{0})), ElementsAre("assign 3 to 0"));
    EXPECT_THAT(texts(s.on(TrialEnded{0, 3, false, 0.9})), ElementsAre("end complete"));
    EXPECT_THAT(notes, ElementsAre("0: 0.6", "1: none")) << "one of its folds has failed";
}

/// An asha search of nine epochs that expects four suggestions after its first trial.
Scheduler searching(SearchRules rules, std::vector<std::string>& notes, record::TrialId end) {
    rules.kind = StrategyKind::asha;
    rules.expected = 4;
    const auto training_of = [](record::TrialId trial) {
        Training training;
        training.trial = trial;
        training.epochs = 9;
        return training;
    };
    Suggestions suggestions;
    suggestions.sampling.emplace(std::make_unique<Counting>(1, end, notes));
    suggestions.left = rules.expected;
    suggestions.plan = [](record::TrialId trial) { return plan(trial); };
    suggestions.training = training_of;
    return Scheduler(equal_plans(1), 1, make_strategy(rules, {training_of(0)}), values_of,
                     std::move(suggestions));
}

/// One group trains what it is assigned until the sweep ends or nothing follows. Returns the
/// actions as text.
std::vector<std::string> run_alone(Scheduler& scheduler) {
    std::vector<std::string> all;
    std::deque<SchedulerEvent> events{GroupReady{0}};
    const auto follow = [&](const std::vector<SchedulerAction>& actions) {
        const auto more = texts(actions);
        all.insert(all.end(), more.begin(), more.end());
        for (const auto& action : actions) {
            const auto* assign = std::get_if<Assign>(&action);
            if (assign == nullptr) continue;
            const auto trial = assign->assignment.trial;
            events.emplace_back(TrialStarted{0, trial});
            if (assign->assignment.until_epoch) {
                events.emplace_back(
                    TrialPaused{0, trial, true, 0.1 * (10.0 - static_cast<double>(trial)), 1});
            } else {
                events.emplace_back(TrialEnded{0, trial, false, 0.9});
            }
            events.emplace_back(GroupReady{0});
        }
    };
    follow(scheduler.start());
    while (!events.empty() && all.size() < 100) {
        const auto event = events.front();
        events.pop_front();
        follow(scheduler.on(event));
    }
    return all;
}

TEST(SchedulerSuggestions, ASearchEndsWhereFewerTrialsJoinItThanExpected) {
    std::vector<std::string> notes;
    Scheduler s = searching({}, notes, 3);
    const auto actions = run_alone(s);
    EXPECT_THAT(actions, Contains("no more suggestions"));
    EXPECT_EQ(actions.back(), "end complete");
    EXPECT_EQ(notes.size(), 3U) << "each of the three trials has ended";
}

TEST(SchedulerSuggestions, ASpentBudgetEndsThem) {
    std::vector<std::string> notes;
    SearchRules rules;
    rules.budget = 1;
    Scheduler s = searching(rules, notes, 100);
    EXPECT_THAT(run_alone(s), ElementsAre("assign 0 to 0", "suggest 1", "stop 1",
                                          "no more suggestions", "stop 0", "end complete"));
}

}  // namespace
}  // namespace msunet::sweep
