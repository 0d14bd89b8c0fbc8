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
    std::vector<Work> begin(const std::vector<record::TrialId>& trials) override {
        open_ = trials.size();
        std::vector<Work> work;
        for (const auto trial : trials) work.push_back({trial, 1});
        return work;
    }
    std::vector<Work> paused(record::TrialId trial, const record::EpochReport& last) override {
        scores_.emplace_back(last.metrics.dice_coef, trial);
        return close();
    }
    std::vector<Work> ended(record::TrialId /*trial*/) override { return {}; }

private:
    std::vector<Work> close() {
        if (--open_ > 0) return {};
        std::sort(scores_.rbegin(), scores_.rend());
        std::vector<Work> work;
        for (std::size_t i = 0; i < scores_.size() / 2; ++i) {
            work.push_back({scores_[i].second, std::nullopt});
        }
        return work;
    }
    std::size_t open_ = 0;
    std::vector<std::pair<double, record::TrialId>> scores_;
};

TEST(Strategy, TheGridRunsEverythingToTheEnd) {
    const auto strategy = grid_strategy();
    const auto work = strategy->begin({3, 5});
    ASSERT_EQ(work.size(), 2U);
    EXPECT_EQ(work[1].trial, 5U);
    EXPECT_EQ(work[1].until_epoch, std::nullopt);
    EXPECT_TRUE(strategy->ended(3).empty());
}

TEST(Strategy, StopsAndPromotesWithoutNewMachinery) {
    std::vector<TrialPlan> plans(6);
    for (std::size_t i = 0; i < plans.size(); ++i) plans[i].trial = i;
    Scheduler scheduler(plans, 1, std::make_unique<Halving>(),
                        [](record::TrialId) { return core::Permutation{}; });
    scheduler.start();
    std::vector<record::TrialId> first;
    std::set<record::TrialId> promoted;
    std::vector<SchedulerAction> actions = scheduler.on(GroupReady{0});
    while (std::holds_alternative<Assign>(actions.front())) {
        ASSERT_EQ(actions.size(), 1U);
        const record::Assignment work = std::get<Assign>(actions[0]).assignment;
        scheduler.on(TrialStarted{0, work.trial});
        if (work.until_epoch) {
            first.push_back(work.trial);
            record::EpochReport last;
            last.metrics.dice_coef = work.trial % 2 == 0 ? 0.9 : 0.1;
            scheduler.on(CheckpointSaved{{work.trial, "c", 1, 0}});
            actions = scheduler.on(TrialPaused{0, work.trial, true, last, 1});
        } else {
            EXPECT_EQ(work.checkpoint, "c");
            promoted.insert(work.trial);
            actions = scheduler.on(TrialEnded{0, work.trial});
        }
        if (actions.empty()) actions = scheduler.on(GroupReady{0});
    }
    EXPECT_EQ(first.size(), 6U);
    EXPECT_THAT(promoted, testing::ElementsAre(0, 2, 4));
    EXPECT_EQ(std::get<EndSweep>(actions[0]).ending, Ending::complete);
}

}  // namespace
}  // namespace msunet::sweep
