// SPDX-License-Identifier: Apache-2.0
// The scheduler with a sampler that suggests trials while the sweep runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "scheduler_actions.hpp"

namespace msunet::sweep {
namespace {

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
    suggestions.suggester = std::make_unique<Counting>(all.size(), end, notes);
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

}  // namespace
}  // namespace msunet::sweep
