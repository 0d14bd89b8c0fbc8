// SPDX-License-Identifier: Apache-2.0
/// \file
/// A search whose trials only have values: a strategy, groups that end their work in any order, and
/// jobs that die at any moment and are started again from what is recorded.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

using record::TrialId;

/// Trials 0, 1, … of so many epochs each.
inline std::vector<Training> trainings(std::size_t count, std::int64_t epochs) {
    std::vector<Training> all;
    for (std::size_t i = 0; i < count; ++i) {
        Training& training = all.emplace_back();
        training.trial = i;
        training.epochs = epochs;
    }
    return all;
}

class SimulatedSearch {
public:
    /// The metric of a trial after so many epochs.
    using Value = std::function<std::optional<double>(TrialId, std::int64_t)>;

    SimulatedSearch(SearchRules rules, std::vector<Training> record, Value value)
        : rules_(rules), value_(std::move(value)) {
        for (Training& training : record) {
            const TrialId trial = training.trial;
            record_[trial] = std::move(training);
        }
    }

    std::size_t groups = 1;
    double kill = 0;            ///< chance at each event and at each line of a decision
    bool make_again = false;    ///< before each event, and compare what the two decide
    std::set<TrialId> failing;  ///< in their first epoch
    core::RandomStream random{1};

    void run() {
        for (int starts = 0; !start(); ++starts) {
            if (starts > 10'000) {
                ADD_FAILURE() << "it never ends";
                return;
            }
        }
        for (const auto& [trial, training] : record_) {
            EXPECT_NE(training.end, Training::End::none) << "trial " << trial << " has no end";
        }
    }

    [[nodiscard]] const Training& at(TrialId trial) const { return record_.at(trial); }
    [[nodiscard]] std::int64_t assigned() const { return assigned_; }
    /// Epochs that a trial was trained: all of those that it was assigned.
    [[nodiscard]] std::int64_t epochs(TrialId trial) const {
        const auto found = epochs_.find(trial);
        return found == epochs_.end() ? 0 : found->second;
    }
    /// Trials by the epochs after which they were compared or ended.
    [[nodiscard]] std::map<std::int64_t, std::size_t> arrivals() const { return arrivals_; }
    /// "3 completed 27", … by id.
    [[nodiscard]] std::vector<std::string> table() const {
        static const char* const names[] = {"none", "completed", "failed", "stopped"};
        std::vector<std::string> rows;
        for (const auto& [trial, training] : record_) {
            rows.push_back(std::to_string(trial) + " " + names[static_cast<int>(training.end)] +
                           " " + std::to_string(epochs(trial)));
        }
        return rows;
    }

private:
    /// One start of the program; false if it was killed.
    bool start() {
        waiting_.clear();
        running_.clear();
        if (!carry_out(begin())) return false;
        while (true) {
            while (waiting_.size() + running_.size() < groups) {
                const Decisions more = strategy_->next();
                if (more.empty()) break;
                if (!carry_out(more)) return false;
            }
            while (running_.size() < groups && !waiting_.empty()) {
                running_.push_back(take_any(waiting_));
                record_.at(running_.back().trial).started = true;
            }
            if (running_.empty()) return true;
            if (random.chance(kill)) return false;
            if (!end(take_any(running_))) return false;
        }
    }

    /// A strategy from what is recorded.
    Decisions begin() {
        std::vector<Training> all;
        std::vector<TrialId> unfinished;
        for (const auto& [trial, training] : record_) {
            all.push_back(training);
            if (training.end == Training::End::none) unfinished.push_back(trial);
        }
        strategy_ = make_strategy(rules_, all);
        return strategy_->begin(unfinished);
    }

    /// Everything was decided before, and what waits or runs is known.
    void begin_again() {
        Decisions again = begin();
        EXPECT_TRUE(again.stopped.empty());
        std::set<TrialId> held;
        for (const Work& work : waiting_) held.insert(work.trial);
        for (const Work& work : running_) held.insert(work.trial);
        for (const Work& work : again.work) {
            EXPECT_FALSE(work.promoted) << work.trial;
            // What has not been started yet waits in its turn.
            EXPECT_EQ(held.erase(work.trial), 1U) << work.trial;
        }
        for (const TrialId trial : held) EXPECT_FALSE(record_.at(trial).started);
    }

    /// What the strategy decides, and one that is made again from the record without the event.
    template <class Event>
    Decisions decisions_of(const Training& before, const Event& event) {
        if (!make_again) return event(*strategy_);
        Decisions first = event(*strategy_);
        const Training after = std::exchange(record_.at(before.trial), before);
        running_.push_back({before.trial, std::nullopt});
        begin_again();
        running_.pop_back();
        const Decisions second = event(*strategy_);
        record_.at(before.trial) = after;
        EXPECT_TRUE(first.work == second.work) << "after trial " << before.trial;
        EXPECT_EQ(first.stopped, second.stopped) << "after trial " << before.trial;
        return first;
    }

    Work take_any(std::vector<Work>& from) {
        std::swap(from[random.below(from.size())], from.back());
        const Work work = from.back();
        from.pop_back();
        return work;
    }

    bool end(const Work& work) {
        Training& training = record_.at(work.trial);
        const Training before = training;
        const auto ended = [&](bool failed) {
            return decisions_of(before, [&](Strategy& it) { return it.ended(work.trial, failed); });
        };
        if (failing.contains(work.trial)) {
            training.end = Training::End::failed;
            return !random.chance(kill) && carry_out(ended(true));
        }
        const std::int64_t until = work.until_epoch.value_or(training.epochs);
        if (training.epochs > 0) {
            EXPECT_GT(until, epochs_[work.trial]) << "trial " << work.trial;
        }
        assigned_ += until - epochs_[work.trial];
        assigned_ += rules_.on_other_folds *
                     (last_end(training, until) - last_end(training, epochs_[work.trial]));
        epochs_[work.trial] = until;
        ++arrivals_[until];
        if (work.until_epoch) {
            EXPECT_LT(until, training.epochs);
            EXPECT_EQ(static_cast<std::size_t>(work.rung), training.values.size());
            training.values.push_back(value_(work.trial, until));
            const auto value = training.values.back();
            return !random.chance(kill) && carry_out(decisions_of(before, [&](Strategy& it) {
                return it.paused(work.trial, value);
            }));
        }
        training.end = Training::End::completed;
        return !random.chance(kill) && carry_out(ended(false));
    }

    /// Epochs of the longest permutation that ends within so many.
    static std::int64_t last_end(const Training& training, std::int64_t epochs) {
        std::int64_t last = epochs >= training.epochs ? training.epochs : 0;
        for (const std::int64_t end : training.shorter) {
            if (end <= epochs) last = std::max(last, end);
        }
        return last;
    }

    /// False if the job died in between.
    bool carry_out(const Decisions& decisions) {
        for (const Work& work : decisions.work) {
            if (work.promoted && random.chance(kill)) return false;
            const auto is_it = [&](const Work& other) { return other.trial == work.trial; };
            EXPECT_TRUE(std::ranges::none_of(waiting_, is_it)) << work.trial << " is given twice";
            EXPECT_TRUE(std::ranges::none_of(running_, is_it)) << work.trial << " is given twice";
            EXPECT_EQ(record_.at(work.trial).end, Training::End::none) << work.trial;
            if (work.promoted) ++record_.at(work.trial).promotions;
            waiting_.push_back(work);
        }
        for (const TrialId trial : decisions.stopped) {
            if (random.chance(kill)) return false;
            EXPECT_EQ(record_.at(trial).end, Training::End::none) << trial;
            record_.at(trial).end = Training::End::stopped;
        }
        return true;
    }

    SearchRules rules_;
    Value value_;
    std::map<TrialId, Training> record_;
    std::map<TrialId, std::int64_t> epochs_;
    std::map<std::int64_t, std::size_t> arrivals_;
    std::int64_t assigned_ = 0;
    std::unique_ptr<Strategy> strategy_;
    std::vector<Work> waiting_;
    std::vector<Work> running_;
};

/// A trial is as good as its id, whatever it is trained.
inline std::optional<double> value_by_id(TrialId trial, std::int64_t /*epochs*/) {
    return static_cast<double>(trial);
}

}  // namespace msunet::sweep
