// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/strategy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {
namespace {

/// Successive halving in two rungs: all to epoch 1, the better half to the end.
class Halving final : public Strategy {
public:
    Decisions begin(const std::vector<record::TrialId>& trials) override {
        open_ = trials.size();
        Decisions decisions;
        for (const auto trial : trials) decisions.work.push_back({trial, 1});
        return decisions;
    }
    Decisions paused(record::TrialId trial, std::optional<double> value) override {
        scores_.emplace_back(value.value(), trial);
        return close();
    }
    Decisions ended(record::TrialId /*trial*/, bool /*failed*/) override { return {}; }
    Decisions added(const Training& /*training*/) override { return {}; }

private:
    Decisions close() {
        if (--open_ > 0) return {};
        std::sort(scores_.rbegin(), scores_.rend());
        Decisions decisions;
        for (std::size_t i = 0; i < scores_.size(); ++i) {
            const auto trial = scores_[i].second;
            if (i < scores_.size() / 2) {
                decisions.work.push_back({trial, std::nullopt, 1, 0, true});
            } else {
                decisions.stopped.push_back(trial);
            }
        }
        return decisions;
    }
    std::size_t open_ = 0;
    std::vector<std::pair<double, record::TrialId>> scores_;
};

TEST(Strategy, TheGridRunsEverythingToTheEnd) {
    const auto strategy = grid_strategy();
    EXPECT_THAT(strategy->begin({3, 5}).work,
                testing::ElementsAre(Work{3, std::nullopt}, Work{5, std::nullopt}));
    EXPECT_TRUE(strategy->ended(3, false).empty());
    Training another;
    another.trial = 7;
    EXPECT_THAT(strategy->added(another).work, testing::ElementsAre(Work{7, std::nullopt}));
}

TEST(Strategy, StopsAndPromotesWithoutNewMachinery) {
    std::vector<TrialPlan> plans(6);
    for (std::size_t i = 0; i < plans.size(); ++i) {
        plans[i].trial = i;
        plans[i].ends = {i};
    }
    Scheduler scheduler(plans, 1, std::make_unique<Halving>(),
                        [](record::TrialId) { return core::Permutation{}; });
    scheduler.start();
    std::vector<record::TrialId> first;
    std::set<record::TrialId> ended;
    std::vector<record::TrialId> promoted;
    std::vector<record::TrialId> stopped;
    std::optional<Ending> ending;
    std::vector<SchedulerAction> actions = scheduler.on(GroupReady{0});
    while (!ending) {
        ASSERT_FALSE(actions.empty());
        std::optional<record::Assignment> work;
        for (const SchedulerAction& action : actions) {
            if (const auto* assign = std::get_if<Assign>(&action)) work = assign->assignment;
            if (const auto* it = std::get_if<PromoteTrial>(&action)) {
                EXPECT_FALSE(work) << "decisions come before what follows from them";
                promoted.push_back(it->work.trial);
            }
            if (const auto* it = std::get_if<StopTrial>(&action)) stopped.push_back(it->trial);
            if (const auto* it = std::get_if<EndSweep>(&action)) ending = it->ending;
        }
        if (!work) break;
        scheduler.on(TrialStarted{0, work->trial});
        if (work->until_epoch) {
            first.push_back(work->trial);
            scheduler.on(CheckpointSaved{{work->trial, "c", 1, 0}});
            actions = scheduler.on(
                TrialPaused{0, work->trial, true, work->trial % 2 == 0 ? 0.9 : 0.1, 1});
        } else {
            EXPECT_EQ(work->checkpoint, "c");
            ended.insert(work->trial);
            actions = scheduler.on(TrialEnded{0, work->trial});
        }
        auto more = scheduler.on(GroupReady{0});
        actions.insert(actions.end(), more.begin(), more.end());
    }
    EXPECT_EQ(first.size(), 6U);
    EXPECT_THAT(ended, testing::ElementsAre(0, 2, 4));
    EXPECT_THAT(promoted, testing::UnorderedElementsAre(0, 2, 4));
    EXPECT_THAT(stopped, testing::UnorderedElementsAre(1, 3, 5));
    EXPECT_EQ(ending, Ending::complete);
}

}  // namespace
}  // namespace msunet::sweep
